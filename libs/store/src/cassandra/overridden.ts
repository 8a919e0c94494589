/** An object with some of its methods replaced; the others go on working on the object itself. */
export function overridden<T extends object>(base: T, changed: Partial<T>): T {
  return new Proxy(base, {
    get(target, name): unknown {
      const replaced: unknown = Reflect.get(changed, name);
      const value: unknown = replaced ?? Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(replaced === undefined ? target : changed) as unknown) : value;
    },
  });
}
