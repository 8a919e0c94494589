/** How often a second work is done when `lanes` do it at a time, each the next when it has done one. */
export async function perSecond(
  count: number,
  lanes: number,
  work: (index: number, lane: number) => Promise<void>,
): Promise<number> {
  let next = 0;
  const begun = performance.now();
  const run = async (lane: number): Promise<void> => {
    while (next < count) await work(next++, lane);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane)));
  return (count / (performance.now() - begun)) * 1000;
}
