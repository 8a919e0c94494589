import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isReady } from '../../support/cluster/management-page.js';
import { processIdOf } from '../../support/cluster/process-id.js';
import type { ReadyLine } from '../../support/cluster/running-cluster.js';
import { waitFor } from '../../support/waiting/wait-for.js';
import { insertEncrypted } from '../bench-media.js';
import { playerFields } from '../player-credentials.js';
import { processCpuMs } from '../process-cpu.js';
import { median } from '../statistics.js';
import { runWrk } from '../wrk-load.js';
import type { SceneFigures } from './figures.js';

const mediaBytes = 20_000_000;
const connections = 16;
const seconds = 6;
const killedAfterMs = 2000;
const services = ['playback-gateway', 'key-vault', 'decrypt-worker-1', 'decrypt-worker-2'];
const bar = 1.1;

export interface KilledWorkerOptions {
  readonly directory: string;
  readonly ready: ReadyLine;
  readonly rounds: number;
}

/**
 * A worker killed under 16 streams; wrk fails with the first answer that is short or breaks off. None takes its place until
 * the load is over: its start is not what the rest costs.
 */
export async function killedWorkerScene({ directory, ready, rounds }: KilledWorkerOptions): Promise<SceneFigures> {
  const path = await insertEncrypted(ready, 'killed-worker', randomBytes(mediaBytes));
  const load = { url: `${ready.gateway}/api/v2${path}`, headers: playerFields(ready), connections, seconds };
  const cost = async (kill?: string): Promise<number> => {
    const pids = new Map(services.map(service => [service, processIdOf(service, ready.dataDir)]));
    const used = new Map([...pids].map(([service, pid]) => [service, -processCpuMs(pid)]));
    const count = (service: string): void => {
      const pid = pids.get(service);
      if (pid !== undefined) used.set(service, (used.get(service) ?? NaN) + processCpuMs(pid));
    };
    const killed = async (): Promise<void> => {
      const pid = kill === undefined ? undefined : pids.get(kill);
      if (kill === undefined || pid === undefined) return;
      await setTimeout(killedAfterMs);
      count(kill);
      process.kill(pid, 'SIGKILL');
    };
    const [{ bytes }] = await Promise.all([runWrk(directory, load), killed()]);
    services.filter(service => service !== kill).forEach(count);
    return [...used.values()].reduce((sum, ms) => sum + ms, 0) / 1000 / (bytes / 1e9);
  };
  const costs: { undisturbed: number; killed: number }[] = [];
  await cost();
  while (costs.length < rounds) {
    const undisturbed = await cost();
    const killed = await withoutReplacement(ready, () => cost(`decrypt-worker-${(costs.length % 2) + 1}`));
    costs.push({ undisturbed, killed });
  }
  const ratios = costs.map(({ undisturbed, killed }) => killed / undisturbed);
  const of = (which: 'undisturbed' | 'killed') => {
    const all = costs.map(round => round[which]);
    return { value: median(all), unit: 'CPU s/GB', rounds: all };
  };
  return {
    scene: 'a worker killed under 16 streams of 20 MB',
    figures: [
      // The first one would have ended the bench.
      { what: 'visible failures', value: 0, bar: 0 },
      { what: 'all workers', ...of('undisturbed') },
      { what: 'one killed', ...of('killed') },
      { what: 'one killed to all workers', value: median(ratios), bar, rounds: ratios },
    ],
  };
}

/** Who stands still starts nothing again. */
async function withoutReplacement<T>({ dataDir, management }: ReadyLine, work: () => Promise<T>): Promise<T> {
  const supervisor = Number(readFileSync(join(dataDir, 'quickstart.pid'), 'utf8'));
  process.kill(supervisor, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(supervisor, 'SIGCONT');
    for (const worker of management.workers) await waitFor(`${worker} to be ready`, () => isReady(worker));
    // Until the gateway has heard of it, and its start is over.
    await setTimeout(killedAfterMs);
  }
}
