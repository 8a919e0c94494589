import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startCluster, type ReadyLine } from '../../support/cluster/running-cluster.js';
import { insertEncryptedFile, putPlainFile } from '../bench-media.js';
import { Counters, growth } from '../cluster-counters.js';
import { memoryOf, type ClusterMemory } from '../held-memory.js';
import { startNginxHops, type NginxHops } from '../nginx-hops.js';
import { playerFields, storageFields } from '../player-credentials.js';
import { RcloneServer } from '../rclone-server.js';
import { servicesCpuMs } from '../services-cpu.js';
import { median } from '../statistics.js';
import { runWrk } from '../wrk-load.js';
import type { Figure, SceneFigures } from './figures.js';
import { FirstBytes } from './first-bytes.js';
import { inTurn, type Side } from './sides.js';

const mediaBytes = 2_000_000_000;
const rangeBytes = 65_536;
const mebibyte = 2 ** 20;
const connections = 16;
/** Shorter than is waited before a cold request; so long that openings count little in the loads. */
const sessionMs = 12_000;
const coldRounds = 5;
const warmRounds = 40;
const lookMs = 200;
const bars = { cpu: 0.8, storageRequests: 1, storageKibibytes: 66, cold: 3, warm: 1.5, mebibytes: 32 };

export interface LargeOptions {
  readonly directory: string;
  readonly rounds: number;
  readonly loadSeconds: number;
}

interface LargeSides {
  readonly ready: ReadyLine;
  readonly hops: NginxHops;
  readonly rclone: RcloneServer;
  readonly paths: { readonly play: string; readonly plain: string; readonly rclone: string };
}

/** A file of 2 GB: a range somewhere in it, and all of it. */
export async function largeScene(options: LargeOptions): Promise<SceneFigures> {
  const { directory } = options;
  const cluster = await startCluster(process.cwd(), join(directory, 'large'), {
    RCS_SERVER_SETTINGS__ENABLE_SSL: 'false',
    RCS_LOGGING__LEVEL: 'warn',
    RCS_DECRYPT_WORKER__MEDIA_SESSION_TIME_TO_LIVE_MS: String(sessionMs),
  });
  const { ready } = cluster;
  const hops = await startNginxHops(join(directory, 'large-nginx'), ready.webdav.url);
  const rclone = await RcloneServer.start(join(directory, 'large-rclone'), ready.webdav);
  try {
    const media = join(directory, 'media');
    await pipeline(Readable.from(noise(mediaBytes)), createWriteStream(media));
    const play = await insertEncryptedFile(ready, 'large', media, { extension: 'mp3', type: 'audio/mp3' });
    const plain = await putPlainFile(ready, 'large.plain', media);
    const sides = {
      ready,
      hops,
      rclone,
      paths: { play: `/api/v2${play}`, plain, rclone: rclone.putFile('large', media) },
    };
    return {
      scene: '2 GB',
      figures: [...(await ranges(options, sides)), ...(await firstBytes(sides)), ...(await memoryOfWholeBody(sides))],
    };
  } finally {
    await Promise.all([hops.stop(), rclone.stop()]);
    await cluster.stop();
  }
}

async function ranges({ directory, rounds, loadSeconds }: LargeOptions, sides: LargeSides): Promise<readonly Figure[]> {
  const { ready, rclone, paths } = sides;
  const both: Readonly<Record<'ours' | 'rclone', Side>> = {
    ours: {
      url: `${ready.gateway}${paths.play}`,
      headers: playerFields(ready),
      cpuMs: () => servicesCpuMs(ready.management),
    },
    rclone: { url: `${rclone.url}${paths.rclone}`, headers: {}, cpuMs: () => rclone.cpuMs() },
  };
  const runs = await inTurn(rounds, both, async ({ url, headers, cpuMs }) => {
    const before = await cpuMs();
    const range = { bytes: rangeBytes, of: mediaBytes };
    const result = await runWrk(directory, { url, headers, connections, seconds: loadSeconds, range });
    return { ...result, cpuMs: (await cpuMs()) - before };
  });
  const costs = (side: 'ours' | 'rclone'): number[] => runs[side].map(({ cpuMs, requests }) => cpuMs / requests);
  const ratios = costs('ours').map((cost, round) => cost / (costs('rclone')[round] ?? NaN));
  return [
    { what: '64 KiB somewhere, ours', value: median(costs('ours')), unit: 'CPU ms', rounds: costs('ours') },
    { what: '64 KiB somewhere, rclone', value: median(costs('rclone')), unit: 'CPU ms', rounds: costs('rclone') },
    { what: '64 KiB somewhere, ours to rclone', value: median(ratios), bar: bars.cpu, rounds: ratios },
  ];
}

/** One request after the other, of ours and of one hop of nginx in turn. */
async function firstBytes({ ready, hops, paths }: LargeSides): Promise<readonly Figure[]> {
  const ours = new FirstBytes(`${ready.gateway}${paths.play}`, playerFields(ready));
  const nginx = new FirstBytes(`${hops.innerUrl}${paths.plain}`, storageFields(ready));
  const somewhere = (): string => {
    const first = randomInt(mediaBytes - rangeBytes);
    return `bytes=${first}-${first + rangeBytes - 1}`;
  };
  try {
    const measured = async (count: number, restMs: number): Promise<{ ours: number[]; nginx: number[] }> => {
      const found: { ours: number[]; nginx: number[] } = { ours: [], nginx: [] };
      for (let round = 0; round < count; round++) {
        if (restMs > 0) await setTimeout(restMs);
        found.nginx.push(await nginx.ask(somewhere()));
        found.ours.push(await ours.ask(somewhere()));
      }
      return found;
    };
    await measured(warmRounds, 0);
    const cold = await measured(coldRounds, sessionMs * 1.2);
    const before = await Counters.read(ready.management);
    const warm = await measured(warmRounds, 0);
    const grown = growth(before, await Counters.read(ready.management));
    const ratio = (what: string, bar: number, found: typeof cold): readonly Figure[] => [
      { what: `first byte, ${what}, ours`, value: median(found.ours), unit: 'ms' },
      { what: `first byte, ${what}, nginx`, value: median(found.nginx), unit: 'ms' },
      { what: `first byte, ${what}, ours to nginx`, value: median(found.ours) / median(found.nginx), bar },
    ];
    return [
      ...ratio('cold', bars.cold, cold),
      ...ratio('warm', bars.warm, warm),
      {
        what: 'requests to the storage for one',
        value: grown('decrypt-worker', 'rcs_worker_storage_requests_total') / warmRounds,
        bar: bars.storageRequests,
      },
      {
        what: 'read from the storage for one',
        value: grown('decrypt-worker', 'rcs_worker_storage_bytes_total') / warmRounds / 1024,
        unit: 'KiB',
        bar: bars.storageKibibytes,
      },
    ];
  } finally {
    ours.close();
    nginx.close();
  }
}

async function memoryOfWholeBody({ ready, paths }: LargeSides): Promise<readonly Figure[]> {
  const before = memoryOf(ready);
  const fields = Object.entries(playerFields(ready)).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const options = [
    '--silent',
    '--show-error',
    '--fail',
    '--max-time',
    '120',
    '-o',
    '/dev/null',
    '-w',
    '%{size_download}',
  ];
  let most = before;
  const looking = setInterval(() => (most = larger(most, memoryOf(ready))), lookMs);
  const asked = promisify(execFile)('curl', [...options, ...fields, `${ready.gateway}${paths.play}`]);
  const { stdout } = await asked.finally(() => clearInterval(looking));
  if (Number(stdout) !== mediaBytes) throw new Error(`${stdout} bytes came, not ${mediaBytes}`);
  return most.processes.map(({ program, residentMiB }, index) => {
    const grown = residentMiB - (before.processes[index]?.residentMiB ?? NaN);
    return { what: `the whole of it, memory of ${program}`, value: grown, unit: 'MiB more', bar: bars.mebibytes };
  });
}

/** Of each process the most that it had. */
const larger = (one: ClusterMemory, other: ClusterMemory): ClusterMemory => ({
  ...one,
  processes: one.processes.map((held, index) => {
    const now = other.processes[index];
    return now !== undefined && now.residentMiB > held.residentMiB ? now : held;
  }),
});

function* noise(length: number): Generator<Buffer> {
  for (let made = 0; made < length; made += mebibyte) yield randomBytes(Math.min(mebibyte, length - made));
}
