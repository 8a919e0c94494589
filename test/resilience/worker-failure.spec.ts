import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isReady, metricsOf } from '#test/cluster/management-page.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { openssl } from '../e2e/external-tools.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-resilience-'));
const media = randomBytes(40_000_000);
let cluster: RunningCluster;
let playPath: string;

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'));
  const curlClient = new CurlClient(cluster, work);
  writeFileSync(join(work, 'plain'), media);
  const files = ['-in', join(work, 'plain'), '-out', join(work, 'cms')];
  await openssl(
    'cms',
    '-encrypt',
    '-binary',
    '-stream',
    '-aes256',
    ...files,
    '-outform',
    'DER',
    curlClient.certificateFile,
  );
  await curlClient.put('long.bin', readFileSync(join(work, 'cms')));
  playPath = await curlClient.insertedFile('long.bin');
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Plays, and goes on when `atHalf`, which is called once when half of the bytes have come, is done. */
function playPaced(atHalf: () => Promise<void>): Promise<{ complete: boolean; digest: string; bytes: number }> {
  const { gateway, caFile, users } = cluster.ready;
  const { name, password } = users[0]!;
  return new Promise((resolve, reject) => {
    const request = get(
      `${gateway}/api/v2${playPath}`,
      { ca: readFileSync(caFile), auth: `${name}:${password}` },
      response => {
        const hash = createHash('sha256');
        let bytes = 0;
        let halfway = false;
        response.on('data', (chunk: Buffer) => {
          hash.update(chunk);
          bytes += chunk.length;
          if (halfway || bytes < media.length / 2) return;
          halfway = true;
          response.pause();
          atHalf().then(() => response.resume(), reject);
        });
        response.on('close', () => resolve({ complete: response.complete, digest: hash.digest('hex'), bytes }));
      },
    );
    request.on('error', reject);
  });
}

const expected = () => createHash('sha256').update(media).digest('hex');

/** The worker that is sending the body now, by its own metrics; a worker that was killed before answers nothing. */
async function busyWorker(): Promise<number> {
  const { workers } = cluster.ready.management;
  for (const [index, url] of workers.entries()) {
    const metrics = await metricsOf(url).catch(() => '');
    if (/^rcs_worker_active_streams\{[^}]*\} [1-9]/m.test(metrics)) return index + 1;
  }
  throw new Error('no worker is busy');
}

async function resumedPlaybacks(): Promise<number> {
  const metrics = await metricsOf(cluster.ready.management.gateway);
  return Number(/^rcs_playbacks_resumed_total\{[^}]*\} (\d+)$/m.exec(metrics)?.[1]);
}

it('a player notices nothing when the worker that serves it is killed in mid-body', async () => {
  const before = await resumedPlaybacks();
  const result = await playPaced(async () => {
    const number = await busyWorker();
    process.kill(processIdOf(`decrypt-worker-${number}`, cluster.ready.dataDir), 'SIGKILL');
  });
  expect(result).toEqual({ complete: true, digest: expected(), bytes: media.length });
  // More than once where a busy machine makes the gateway give the next worker up as well.
  expect(await resumedPlaybacks()).toBeGreaterThan(before);
});

it('a player sees a failure, never a short success, when all workers are killed', async () => {
  const { workers } = cluster.ready.management;
  await Promise.all(workers.map(worker => waitFor(`${worker} to be ready`, () => isReady(worker))));
  // Who stands still starts nothing again.
  const supervisor = Number(readFileSync(join(cluster.ready.dataDir, 'quickstart.pid'), 'utf8'));
  process.kill(supervisor, 'SIGSTOP');
  try {
    const result = await playPaced(() => {
      for (const number of [1, 2])
        process.kill(processIdOf(`decrypt-worker-${number}`, cluster.ready.dataDir), 'SIGKILL');
      return Promise.resolve();
    });
    expect(result.complete).toBe(false);
    expect(result.bytes).toBeLessThan(media.length);
  } finally {
    process.kill(supervisor, 'SIGCONT');
  }
});
