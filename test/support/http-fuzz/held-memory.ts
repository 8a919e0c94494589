import { setTimeout as sleep } from 'node:timers/promises';
import { metricsOf } from '#test/cluster/management-page.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { residentMegabytes } from '#test/cluster/resident-memory.js';
import type { ReadyLine } from '#test/cluster/running-cluster.js';

/** What one process holds, megabytes. */
export interface Held {
  /** Of the machine's memory: with what the allocator keeps for later. */
  readonly resident: number;
  /** By objects and buffers that are in use. */
  readonly live: number;
}

/** Of all processes at one moment, in the order of their names. */
export type HeldByAll = readonly Held[];

interface WatchedProcess {
  readonly name: string;
  readonly pid: number;
  readonly managementUrl: string;
}

const settlingMs = 5000;

/** Measures what the services of a cluster hold. Each must have loaded `collect-garbage.cjs`. */
export class HeldMemory {
  private readonly processes: readonly WatchedProcess[];

  constructor({ dataDir, management }: ReadyLine) {
    const at = (name: string, url: string): WatchedProcess => ({
      name,
      pid: processIdOf(name, dataDir),
      managementUrl: url,
    });
    this.processes = [
      at('playback-gateway', management.gateway),
      at('key-vault', management.vault),
      ...management.workers.map((url, index) => at(`decrypt-worker-${index + 1}`, url)),
    ];
  }

  get names(): readonly string[] {
    return this.processes.map(({ name }) => name);
  }

  /** Names of those that are no more what they were. */
  ended(dataDirectory: string): readonly string[] {
    return this.processes.filter(({ name, pid }) => processIdOf(name, dataDirectory) !== pid).map(({ name }) => name);
  }

  /** Megabytes of the machine's memory that each holds at this moment, garbage included. @throws Error when one has ended. */
  resident(): readonly number[] {
    return this.processes.map(({ pid }) => residentMegabytes(pid));
  }

  /** The least that each holds in a while in which nothing is asked of it but the playback, and all garbage is collected. */
  settled(): Promise<HeldByAll> {
    return Promise.all(this.processes.map(leastOf));
  }
}

async function leastOf({ pid, managementUrl }: WatchedProcess): Promise<Held> {
  let [resident, live] = [Infinity, Infinity];
  for (const end = Date.now() + settlingMs; Date.now() < end;) {
    process.kill(pid, 'SIGUSR2');
    await sleep(1000);
    resident = Math.min(resident, residentMegabytes(pid));
    live = Math.min(live, await liveMegabytes(managementUrl));
  }
  return { resident, live };
}

async function liveMegabytes(managementUrl: string): Promise<number> {
  const metrics = await metricsOf(managementUrl);
  const bytes = ['nodejs_heap_size_used_bytes', 'nodejs_external_memory_bytes'].map(name =>
    Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(metrics)?.[1]),
  );
  return bytes.reduce((sum, value) => sum + value, 0) / 1024 / 1024;
}
