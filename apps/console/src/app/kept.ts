/** One of a few values that this browser keeps for whoever uses it; private windows may keep none. */
export interface Kept<Value extends string> {
  readonly read: () => Value | undefined;
  readonly write: (value: Value) => void;
}

export function kept<Value extends string>(name: string, values: readonly Value[]): Kept<Value> {
  const key = `rcs-console-${name}`;
  return {
    read: () => {
      try {
        const value = localStorage.getItem(key);
        return values.find(candidate => candidate === value);
      } catch {
        return undefined;
      }
    },
    write: value => {
      try {
        localStorage.setItem(key, value);
      } catch {
        // It counts until the page is closed.
      }
    },
  };
}
