/**
 * Does the work of each thing that comes, several at once; a thing is asked for only when its work can begin. After a failure
 * nothing more is asked for, and what was begun comes to its end.
 * @returns the results, in the order of the things. @throws whatever failed first
 */
export async function severalAtOnce<Thing, Result>(
  things: AsyncIterable<Thing>,
  atOnce: number,
  work: (thing: Thing) => Promise<Result>,
): Promise<Result[]> {
  const iterator = things[Symbol.asyncIterator]();
  const results: Result[] = [];
  let count = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (failure === undefined) {
      try {
        const next = await iterator.next();
        if (next.done === true) return;
        const place = count++;
        results[place] = await work(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failure !== undefined) throw failure.error;
  return results;
}
