import type { WrkResult } from '../wrk-load.js';

/** Somebody who serves the media. */
export interface Side {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Processor time of all its processes so far, milliseconds. */
  cpuMs(): number | Promise<number>;
  /** Code of ours, which has to run for a while until it is warm. */
  readonly ours?: boolean;
}

export interface Run extends WrkResult {
  /** Processor time of the side while it ran, milliseconds. */
  readonly cpuMs: number;
}

/** One load of each side after the other, the order turning from round to round, after one that is not counted. */
export async function inTurn<Name extends string>(
  rounds: number,
  sides: Readonly<Record<Name, Side>>,
  run: (side: Side) => Promise<Run>,
): Promise<Readonly<Record<Name, readonly Run[]>>> {
  const names = Object.keys(sides) as Name[];
  const runs = Object.fromEntries(names.map(name => [name, [] as Run[]])) as Record<Name, Run[]>;
  for (const name of names) await run(sides[name]);
  for (let round = 0; round < rounds; round++) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) runs[name].push(await run(sides[name]));
  }
  return runs;
}
