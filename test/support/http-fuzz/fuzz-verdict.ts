import type { HeldByAll } from './held-memory.js';

export interface FuzzFigures {
  readonly processes: readonly string[];
  /** Settled, after the warm-up and after each stretch. */
  readonly held: readonly HeldByAll[];
  /** The 99th percentile of the wait for a piece of the playback, milliseconds: while nobody else asks, and under the fuzzer. */
  readonly calmMs: number;
  readonly busyMs: number;
}

export const mostGrowthMegabytes = 20;

/**
 * Which processes grew, and how.
 *
 * What is in use (heap after all garbage was collected, and buffers outside it) is compared from the warm-up to the end. What
 * a process holds of the machine is compared with the most that it held after the warm-up and after the first stretch: the
 * allocator and V8 keep what was needed at once, or give it back, at either of them; a leak does not stop there.
 *
 * @param stretches how many of the last ones are compared.
 */
export function grown(
  { processes, held }: Pick<FuzzFigures, 'processes' | 'held'>,
  stretches: number,
): readonly string[] {
  const before = held[0];
  const first = held.at(-stretches);
  const last = held.at(-1);
  return processes.flatMap((name, index) => {
    const live = (last?.[index]?.live ?? NaN) - (before?.[index]?.live ?? NaN);
    const most = Math.max(before?.[index]?.resident ?? NaN, first?.[index]?.resident ?? NaN);
    const resident = (last?.[index]?.resident ?? NaN) - most;
    const isFlat = live <= mostGrowthMegabytes && resident <= mostGrowthMegabytes;
    return isFlat ? [] : [`${name}: ${live.toFixed(1)} MB more in use, ${resident.toFixed(1)} MB more of the machine`];
  });
}

/** The figures, a line for each process. */
export function describeFigures({ processes, held, calmMs, busyMs }: FuzzFigures): string {
  const lines = processes.map((name, index) => {
    const figures = held.map(all => `${all[index]?.resident.toFixed(1)} (${all[index]?.live.toFixed(1)})`);
    return `${name} held ${figures.join(', ')} MB`;
  });
  return [
    'Settled after the warm-up and after each stretch, in brackets what is in use:',
    ...lines,
    `p99 of the wait for a piece of the playback: ${calmMs.toFixed(0)} ms, under the fuzzer ${busyMs.toFixed(0)} ms`,
  ].join('\n');
}
