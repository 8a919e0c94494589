import { median } from '../statistics.js';
import type { Figure } from './figures.js';
import { costOf, type Load } from './loads.js';
import type { Run } from './sides.js';

export interface LoadRow {
  readonly load: Load;
  /** The same number of each side; those of one index were made within seconds. */
  readonly runs: Readonly<Record<string, readonly Run[]>>;
}

/** What each side costs and gives, and the ratios to the yardsticks, round by round. */
export function figuresOf({ load, runs }: LoadRow): readonly Figure[] {
  const [costUnit, speedUnit] = load.per === 'gigabyte' ? ['CPU s/GB', 'MB/s'] : ['CPU ms', 'requests/s'];
  const cost = (run: Run): number => costOf(load, run);
  const speed = (run: Run): number => (load.per === 'gigabyte' ? run.bytes / 1e6 : run.requests) / run.seconds;
  const ratio = (what: string, one: string, other: string, of: (run: Run) => number): Figure => {
    const rounds = (runs[one] ?? []).map((run, round) => {
      const beside = runs[other]?.[round];
      return beside === undefined ? NaN : of(run) / of(beside);
    });
    return { what, value: median(rounds), rounds };
  };
  const { beside, remote } = load.bars;
  const [twoProcesses, unchecked] = ['ours in two at one port', 'ours in two, unchecked'];
  const [hops, oneProcess, overTls] = ['two nginx hops', 'ours in one process', 'ours over mutual TLS'];
  return [
    ...Object.entries(runs).flatMap(([side, all]) => [
      { what: `speed, ${side}`, value: median(all.map(speed)), unit: speedUnit },
      { what: `CPU, ${side}`, value: median(all.map(cost)), unit: costUnit },
    ]),
    { ...ratio('CPU, ours to rclone', 'ours', 'rclone', cost), bar: beside },
    { ...ratio('CPU, ours in one process to rclone', oneProcess, 'rclone', cost), bar: beside },
    ratio('CPU, ours in one process to ours', oneProcess, 'ours', cost),
    { ...ratio('CPU, ours over mutual TLS to rclone', overTls, 'rclone', cost), bar: remote },
    ratio('CPU, ours to two nginx hops', 'ours', hops, cost),
    { ...ratio('speed, ours to two nginx hops', 'ours', hops, speed), atLeast: load.speedBar },
    { ...ratio('speed, ours in one process to two nginx hops', oneProcess, hops, speed), atLeast: load.speedBar },
    { ...ratio(`speed, ${twoProcesses} to two nginx hops`, twoProcesses, hops, speed), atLeast: load.speedBar },
    { ...ratio(`speed, ${unchecked} to two nginx hops`, unchecked, hops, speed), atLeast: load.speedBar },
    { ...ratio(`CPU, ${unchecked} to rclone`, unchecked, 'rclone', cost), bar: load.bars.unchecked },
  ];
}
