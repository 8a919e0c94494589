import { readFileSync } from 'node:fs';
import { filesBelow } from '#test/cluster/files-below.js';
import { countInMemory } from '#test/cluster/process-memory.js';
import { processesBelow } from '#test/cluster/processes-below.js';

/** Which traces were found where. */
export type FoundTraces = Record<string, readonly string[]>;

/** Programs of a cluster, by what their command lines have in them. */
const programs: Readonly<Record<string, RegExp>> = {
  gateway: /apps\/playback-gateway\/main/,
  worker: /apps\/decrypt-worker\/main/,
  vault: /apps\/key-vault\/main/,
  'module host': /token-host/,
  redis: /redis-server/,
};

export type ClusterProgram = 'gateway' | 'worker' | 'vault' | 'module host' | 'redis';

/** Process ids of one program of the cluster with this data directory. */
export function processesOf(program: ClusterProgram, dataDirectory: string): number[] {
  return processesBelow(dataDirectory).filter(pid => programs[program]?.test(commandOf(pid)) === true);
}

/** What of it is in the memory of these processes. */
export function foundInMemory(
  program: ClusterProgram,
  dataDirectory: string,
  traces: Readonly<Record<string, Buffer>>,
): FoundTraces {
  const found: FoundTraces = {};
  for (const pid of processesOf(program, dataDirectory)) {
    const counts = Object.entries(countInMemory(pid, traces, { writtenAlone: true })).filter(([, count]) => count > 0);
    if (counts.length > 0) found[`${program} ${pid}`] = counts.map(([name, count]) => `${name}: ${count}`);
  }
  return found;
}

/** What of it is in the files below this directory. */
export function foundInFiles(directory: string, traces: Readonly<Record<string, Buffer>>): FoundTraces {
  const found: FoundTraces = {};
  for (const file of filesBelow(directory)) {
    const content = readFileSync(file);
    const names = Object.entries(traces).flatMap(([name, trace]) => (content.includes(trace) ? [name] : []));
    if (names.length > 0) found[file] = names;
  }
  return found;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
