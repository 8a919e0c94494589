/** What came of several ways to do one thing. */
export type FirstAnswer<T> = { readonly value: T } | { readonly failures: readonly unknown[] };

/** How long one way is tried before the next one is tried as well. */
const nextAfterMs = 1000;

/**
 * Tries ways to do the same, one after another: the next when one fails, and also when one has not answered for a second,
 * which then may still be the first that does. Bytes that come too late are overwritten.
 * @param mayGoOn whether another way may succeed after this failure.
 * @throws the failure after which none may.
 */
export function firstAnswer<T>(
  ways: readonly (() => Promise<T>)[],
  mayGoOn: (failure: unknown) => boolean,
): Promise<FirstAnswer<T>> {
  return new Promise((resolve, reject) => {
    const failures: unknown[] = [];
    let [begun, over] = [0, false];
    let timer: NodeJS.Timeout | undefined;
    const finish = (settle: () => void): void => {
      over = true;
      clearTimeout(timer);
      settle();
    };
    const begin = (): void => {
      clearTimeout(timer);
      const way = ways[begun++];
      if (way === undefined) return;
      if (begun < ways.length) timer = setTimeout(begin, nextAfterMs);
      way().then(
        value => {
          if (!over) finish(() => resolve({ value }));
          else if (Buffer.isBuffer(value)) value.fill(0);
        },
        (error: unknown) => {
          if (over) return;
          failures.push(error);
          const reason = error instanceof Error ? error : new Error('a way failed', { cause: error });
          if (!mayGoOn(error)) finish(() => reject(reason));
          else if (begun < ways.length) begin();
          else if (failures.length === ways.length) finish(() => resolve({ failures }));
        },
      );
    };
    begin();
  });
}
