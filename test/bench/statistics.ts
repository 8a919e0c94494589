export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

export interface Quartiles {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/** Half of the values lie between the lower and the upper one. */
export function quartiles(values: readonly number[]): Quartiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN;
  return { lower: at(0.25), median: median(values), upper: at(0.75) };
}

export interface PairedResult {
  readonly ours: number;
  readonly yardstick: number;
  /** Median of the ratios pair by pair: the machine's speed drifts, a ratio within seconds does not. */
  readonly ratio: number;
  readonly ratios: readonly number[];
}

/** Runs both sides in turn, the order changing from pair to pair, after one pair that is not counted. */
export async function interleaved(
  pairs: number,
  ours: () => Promise<number>,
  yardstick: () => Promise<number>,
): Promise<PairedResult> {
  await yardstick();
  await ours();
  const results: { ours: number; yardstick: number }[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % 2 === 0) {
      const a = await ours();
      results.push({ ours: a, yardstick: await yardstick() });
    } else {
      const b = await yardstick();
      results.push({ ours: await ours(), yardstick: b });
    }
  }
  const ratios = results.map(result => result.ours / result.yardstick);
  return {
    ours: median(results.map(result => result.ours)),
    yardstick: median(results.map(result => result.yardstick)),
    ratio: median(ratios),
    ratios,
  };
}
