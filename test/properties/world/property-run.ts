import { randomInt } from 'node:crypto';

/** How much of a property a run tries. The long run is for nights, the short one stands in `npm test`. */
export interface PropertyRun {
  readonly long: boolean;
  /** Everything that is drawn at random follows from it. */
  readonly seed: number;
  /** A count of the short or of the long run. RCS_PROPERTY_RUNS may also be a number: a share of the short run, such as 0.1. */
  count(short: number, long: number): number;
}

/** Of the short run: it is there to notice what a change breaks. What no change broke is found by the long run. */
const shortRunSeed = 20_261_127;

/** `RCS_PROPERTY_RUNS=long`, `RCS_PROPERTY_SEED=123`; the seed is printed, so that every run can be had again. */
export function propertyRun(name: string): PropertyRun {
  const { RCS_PROPERTY_RUNS: runs = 'short', RCS_PROPERTY_SEED: given } = process.env;
  // The processes of a cluster inherit the environment and refuse an option that they do not know.
  delete process.env.RCS_PROPERTY_RUNS;
  delete process.env.RCS_PROPERTY_SEED;
  const long = runs === 'long';
  const seed = given !== undefined ? Number(given) : long ? randomInt(2 ** 31) : shortRunSeed;
  const share = Number(runs) > 0 ? Number(runs) : 1;
  say(`${name}: seed ${seed} (again with RCS_PROPERTY_SEED=${seed}), ${long ? 'long' : 'short'} run`);
  return { long, seed, count: (short, many) => (long ? many : Math.max(1, Math.round(short * share))) };
}

/** Jest shows what tests print on standard error, also in a run that passes. */
export function say(text: string): void {
  process.stderr.write(`  ${text}\n`);
}
