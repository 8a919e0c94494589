/** Speeds that people choose from. */
export const rates: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];

/** The next faster or slower speed; the same at the ends. */
export function nextRate(rate: number, by: 1 | -1): number {
  const faster = rates.find(each => each > rate);
  const slower = rates.findLast(each => each < rate);
  return (by === 1 ? faster : slower) ?? rate;
}
