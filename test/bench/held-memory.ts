import { readFileSync } from 'node:fs';
import { processesBelow } from '../support/cluster/processes-below.js';
import type { ReadyLine } from '../support/cluster/running-cluster.js';

export interface HeldMemory {
  /** VmRSS. */
  readonly residentMiB: number;
  /** Pages that several processes have count for each of them in parts (Pss of smaps_rollup, proc(5)). */
  readonly proportionalMiB: number;
}

export interface ClusterMemory extends HeldMemory {
  /** The same with the process around the PKCS#11 module, in which the vault's token lives. */
  readonly withToken: HeldMemory;
  readonly processes: readonly (HeldMemory & { readonly program: string })[];
}

const programs = ['playback-gateway', 'key-vault', 'decrypt-worker', 'token-host'];

/** Gateway, vault and workers; not the storage, Redis, or the command that started them. */
export function memoryOf({ dataDir }: ReadyLine): ClusterMemory {
  const processes = processesBelow(dataDir).flatMap(pid => {
    const program = programOf(pid);
    if (program === undefined) return [];
    return [{ program, residentMiB: mebibytes(pid, 'Rss'), proportionalMiB: mebibytes(pid, 'Pss') }];
  });
  return {
    ...sumOf(processes.filter(({ program }) => program !== 'token-host')),
    withToken: sumOf(processes),
    processes,
  };
}

/** The file that Node runs, whatever options stand before it. */
function programOf(pid: number): string | undefined {
  const [, name] =
    /\0[^\0]*\/(?:apps\/([a-z-]+)\/main|libs\/pkcs11\/(token-host))\.js\0/
      .exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      ?.filter(part => part !== undefined) ?? [];
  return name !== undefined && programs.includes(name) ? name : undefined;
}

const sumOf = (processes: readonly HeldMemory[]): HeldMemory => ({
  residentMiB: Math.round(processes.reduce((sum, { residentMiB }) => sum + residentMiB, 0)),
  proportionalMiB: Math.round(processes.reduce((sum, { proportionalMiB }) => sum + proportionalMiB, 0)),
});

function mebibytes(pid: number, name: string): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? NaN) / 1024;
}
