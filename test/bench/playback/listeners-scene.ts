import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startCluster, type ReadyLine } from '../../support/cluster/running-cluster.js';
import { insertEncrypted } from '../bench-media.js';
import { components, Counters, growth } from '../cluster-counters.js';
import { memoryOf, type ClusterMemory } from '../held-memory.js';
import { playerFields } from '../player-credentials.js';
import { servicesCpuMs } from '../services-cpu.js';
import { runWrk } from '../wrk-load.js';
import type { Figure, SceneFigures } from './figures.js';
import { PacedListeners } from './paced-listeners.js';

/** 64 kbit/s. */
const bytesPerSecond = 8000;
const rampSeconds = 20;
/** After the start, until what was fetched ahead is heard. */
const settlingMs = 20_000;
const looks = 10;
const lookMs = 3000;
/** Far more than a connection and its buffers take before anything is heard. */
const mediaBytes = 12_000_000;
const recordings = 40;
const kibibytesEach = 64;
const cpuPercent = 20;
const warmUpSeconds = 20;

export interface ListenersOptions {
  readonly directory: string;
  readonly tls: boolean;
  readonly count: number;
}

/** Listeners who hear what they asked for as it plays: what each of them holds, and the processor time of all. */
export async function listenersScene({ directory, tls, count }: ListenersOptions): Promise<SceneFigures> {
  const cluster = await startCluster(process.cwd(), join(directory, tls ? 'tls-listeners' : 'listeners'), {
    RCS_SERVER_SETTINGS__ENABLE_SSL: String(tls),
    RCS_LOGGING__LEVEL: 'warn',
    RCS_SERVER_SETTINGS__MAX_CONCURRENT_STREAMS_PER_USER: '10000',
    RCS_SERVER_SETTINGS__MAX_CONCURRENT_PLAYBACKS: '10000',
  });
  try {
    return {
      scene: `${count} listeners at 64 kbit/s${tls ? ', TLS' : ''}`,
      figures: await measure(directory, cluster.ready, count),
    };
  } finally {
    await cluster.stop();
  }
}

async function measure(directory: string, ready: ReadyLine, count: number): Promise<readonly Figure[]> {
  const paths: string[] = [];
  while (paths.length < recordings)
    paths.push(`/api/v2${await insertEncrypted(ready, `listened-${paths.length}`, randomBytes(mediaBytes))}`);
  const headers = playerFields(ready);
  // What only the first requests make a service take is not what a listener holds.
  for (const range of [{ bytes: 65_536, of: mediaBytes }, undefined])
    await runWrk(directory, {
      url: `${ready.gateway}${paths[0]}`,
      headers,
      connections: 16,
      seconds: warmUpSeconds / 2,
      range,
    });
  await setTimeout(settlingMs);
  const [before, countersBefore] = [memoryOf(ready), await Counters.read(ready.management)];
  const listeners = new PacedListeners({ gateway: ready.gateway, headers, paths, count, bytesPerSecond, rampSeconds });
  try {
    await setTimeout(rampSeconds * 1000 + settlingMs);
    const [begun, cpuBefore, beganAt] = [listeners.heard, await servicesCpuMs(ready.management), performance.now()];
    const begins = growth(countersBefore, await Counters.read(ready.management));
    const asksBefore = begins('decrypt-worker', 'rcs_worker_storage_requests_total');
    const readBefore = begins('decrypt-worker', 'rcs_worker_storage_bytes_total');
    const held: ClusterMemory[] = [];
    for (let look = 0; look < looks; look++) {
      await setTimeout(lookMs);
      held.push(memoryOf(ready));
    }
    const seconds = (performance.now() - beganAt) / 1000;
    const cpuMs = (await servicesCpuMs(ready.management)) - cpuBefore;
    const { listening, failures, gaps, bytes } = listeners.heard;
    const counted = growth(countersBefore, await Counters.read(ready.management));
    const grown = (now: ClusterMemory): number => ((now.residentMiB - before.residentMiB) * 1024) / count;
    const last = held.at(-1);
    if (last === undefined) throw new Error('nothing was looked at');
    return [
      { what: 'listening', value: listening },
      { what: 'failures', value: failures, bar: 0 },
      { what: 'gaps', value: gaps - begun.gaps },
      { what: 'heard', value: (bytes - begun.bytes) / seconds / count, unit: 'B/s each' },
      {
        what: 'memory each, the most of any look',
        value: Math.max(...held.map(grown)),
        unit: 'KiB',
        bar: kibibytesEach,
        rounds: held.map(grown),
      },
      ...last.processes.map(({ program, residentMiB }, index) => ({
        what: `  of ${program}, at the end`,
        value: ((residentMiB - (before.processes[index]?.residentMiB ?? NaN)) * 1024) / count,
        unit: 'KiB',
      })),
      ...components.flatMap(component => [
        {
          what: `  heap in use, ${component}`,
          value: counted(component, 'nodejs_heap_size_used_bytes') / 1024 / count,
          unit: 'KiB',
        },
        {
          what: `  buffers, ${component}`,
          value: counted(component, 'nodejs_external_memory_bytes') / 1024 / count,
          unit: 'KiB',
        },
      ]),
      {
        what: 'asks of the storage',
        value: (counted('decrypt-worker', 'rcs_worker_storage_requests_total') - asksBefore) / seconds,
        unit: '/s',
      },
      {
        what: 'read from the storage',
        value: (counted('decrypt-worker', 'rcs_worker_storage_bytes_total') - readBefore) / (bytes - begun.bytes),
        unit: 'for each byte heard',
      },
      { what: 'processor time', value: cpuMs / seconds / 10, unit: '% of a core', bar: cpuPercent },
    ];
  } finally {
    await listeners.stop();
  }
}
