import { readFileSync } from 'node:fs';
import type { ReadyLine } from '../support/cluster/running-cluster.js';
import { processesBelow } from '../support/cluster/processes-below.js';

/** Of all services of a cluster. */
export interface HeldMemory {
  /** VmRSS. */
  readonly residentMiB: number;
  /** Pages that several processes have count for each of them in parts (Pss of smaps_rollup, proc(5)). */
  readonly proportionalMiB: number;
}

/** Gateway, vault with the process of its token, and workers; not the storage, Redis, or the command that started them. */
export function memoryOf({ dataDir }: ReadyLine): HeldMemory {
  const services = processesBelow(dataDir).filter(isService);
  const sum = (name: string) => Math.round(services.reduce((total, pid) => total + kilobytes(pid, name), 0) / 1024);
  return { residentMiB: sum('Rss'), proportionalMiB: sum('Pss') };
}

const isService = (pid: number): boolean =>
  /apps\/(playback-gateway|key-vault|decrypt-worker)\//.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));

function kilobytes(pid: number, name: string): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? NaN);
}
