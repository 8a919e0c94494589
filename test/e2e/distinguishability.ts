/**
 * How well somebody who sees one time can tell two kinds of requests apart: the probability that a time of the second
 * kind is longer than one of the first (the area under the ROC curve, Mann and Whitney's U divided by its greatest value).
 * 0.5 is no knowledge, 0 and 1 are certainty. It depends on the order of the times alone, so that a slow machine and a few
 * very long times change nothing.
 */
export function distinguishability(first: readonly number[], second: readonly number[]): number {
  const ranked = [
    ...first.map(time => ({ time, isSecond: false })),
    ...second.map(time => ({ time, isSecond: true })),
  ].sort((a, b) => a.time - b.time);
  let rankSum = 0;
  for (let from = 0; from < ranked.length;) {
    let to = from;
    while (to < ranked.length && ranked[to]?.time === ranked[from]?.time) to++;
    const rank = (from + 1 + to) / 2;
    for (let index = from; index < to; index++) if (ranked[index]?.isSecond === true) rankSum += rank;
    from = to;
  }
  const u = rankSum - (second.length * (second.length + 1)) / 2;
  return u / (first.length * second.length);
}

/** The pair of kinds that is easiest to tell apart, and how easy that is: 0.5 for not at all. */
export function easiestPair(measured: ReadonlyMap<string, readonly number[]>): { pair: string; distance: number } {
  const kinds = [...measured];
  const pairs = kinds.flatMap(([name, first], index) =>
    kinds.slice(index + 1).map(([other, second]) => ({
      pair: `${name} | ${other}`,
      distance: Math.abs(distinguishability(first, second) - 0.5),
    })),
  );
  return pairs.reduce((worst, one) => (one.distance > worst.distance ? one : worst));
}

/** Whatever order they are in, each as often as the others in every round. */
export function shuffled<Item>(items: readonly Item[]): Item[] {
  const result = [...items];
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1));
    [result[index], result[other]] = [result[other] as Item, result[index] as Item];
  }
  return result;
}
