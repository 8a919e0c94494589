import type { ClusterMemory } from '../held-memory.js';
import { median } from '../statistics.js';
import type { Load } from './loads.js';
import type { Run } from './sides.js';

export interface LoadRow {
  readonly load: Load;
  /** The same number of each side; those of one index were made within seconds. */
  readonly runs: Readonly<Record<string, readonly Run[]>>;
}

export interface PlaybackFigures {
  readonly rows: readonly LoadRow[];
  readonly idle: ClusterMemory;
  /** Where gateway and worker are one process. */
  readonly idleInOneProcess: ClusterMemory;
  /** Collections of the whole heap for each gigabyte after idleness, by service. */
  readonly collections: Readonly<Record<string, number>>;
  readonly idleMs: number;
}

/** A ratio of ours to a yardstick, round by round. */
interface Ratio {
  readonly median: number;
  readonly rounds: readonly number[];
}

export function reportOf(figures: PlaybackFigures, json: boolean): string {
  const { rows, idle, idleInOneProcess, collections, idleMs } = figures;
  const table = rows.map(row => ({ name: row.load.name, ...figuresOf(row) }));
  if (json)
    return `${JSON.stringify({ bench: 'playback', rows: table, idle, idleInOneProcess, collectionsPerGigabyte: collections })}\n`;
  const lines = table.flatMap(row => [
    `${row.name}:`,
    ...Object.entries(row.sides).map(
      ([name, side]) => `  ${name}: ${fixed(side.speed)} ${row.speedUnit}, ${fixed(side.cost)} ${row.costUnit}`,
    ),
    ...row.ratios.map(({ what, bar, median: middle, rounds }) => {
      const wanted = bar === undefined ? '' : `, bar ${bar}`;
      return `  ${what}: ${fixed(middle)} (${rounds.map(fixed).join(' ')}${wanted})`;
    }),
  ]);
  const services = Object.entries(collections).map(([name, count]) => `${name} ${fixed(count)}`);
  return [
    ...lines,
    `collections of the whole heap for a gigabyte after ${idleMs / 1000} s of idleness: ${services.join(', ')}`,
    `memory after ${idleMs / 1000} s of idleness: ${idle.residentMiB} MiB resident (bar 420), ${idle.proportionalMiB} proportional (bar 250); with the process of the token ${idle.withToken.residentMiB} and ${idle.withToken.proportionalMiB}`,
    `in one process: ${idleInOneProcess.residentMiB} MiB resident, ${idleInOneProcess.proportionalMiB} proportional`,
    '',
  ].join('\n');
}

function figuresOf({ load, runs }: LoadRow) {
  const cost = (run: Run): number =>
    load.per === 'gigabyte' ? run.cpuMs / 1000 / (run.bytes / 1e9) : run.cpuMs / run.requests;
  const speed = (run: Run): number => (load.per === 'gigabyte' ? run.bytes / 1e6 : run.requests) / run.seconds;
  const ratio = (one: string, other: string, of: (run: Run) => number): Ratio => {
    const rounds = (runs[one] ?? []).map((run, round) => {
      const beside = runs[other]?.[round];
      return beside === undefined ? NaN : of(run) / of(beside);
    });
    return { median: median(rounds), rounds };
  };
  return {
    speedUnit: load.per === 'gigabyte' ? 'MB/s' : 'requests/s',
    costUnit: load.per === 'gigabyte' ? 'CPU s/GB' : 'CPU ms',
    sides: Object.fromEntries(
      Object.entries(runs).map(([name, all]) => [name, { speed: median(all.map(speed)), cost: median(all.map(cost)) }]),
    ),
    ratios: [
      { what: 'CPU, ours to rclone', bar: load.bars.beside, ...ratio('ours', 'rclone', cost) },
      {
        what: 'CPU, ours in one process to rclone',
        bar: load.bars.beside,
        ...ratio('ours in one process', 'rclone', cost),
      },
      { what: 'CPU, ours in one process to ours', bar: undefined, ...ratio('ours in one process', 'ours', cost) },
      {
        what: 'CPU, ours over mutual TLS to rclone',
        bar: load.bars.remote,
        ...ratio('ours over mutual TLS', 'rclone', cost),
      },
      { what: 'CPU, ours to two nginx hops', bar: undefined, ...ratio('ours', 'two nginx hops', cost) },
      { what: 'speed, ours to two nginx hops', bar: load.speedBar, ...ratio('ours', 'two nginx hops', speed) },
      {
        what: 'speed, ours in one process to two nginx hops',
        bar: load.speedBar,
        ...ratio('ours in one process', 'two nginx hops', speed),
      },
    ],
  };
}

const fixed = (value: number): string => value.toFixed(2);
