import { spawn } from 'node:child_process';
import { createCipheriv, createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { endingWithUs } from '#platform';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { metricsOf } from '#test/cluster/management-page.js';
import { countInTier } from '#test/tier.js';
import { within } from '#test/waiting/within.js';
import { CurlClient } from './curl-client.js';

jest.setTimeout(600_000);

const gibibyte = 1024 ** 3;
const length = 2 * gibibyte + 12_345;
const chunkBytes = 4 * 1024 * 1024;
/** From here to the end it is played: past what 31 bits can count in every tier, in the larger ones from its beginning. */
const playedFrom = countInTier(1.5 * gibibyte, 0);
const uploadTimeoutMs = 500_000;
const work = mkdtempSync(join(tmpdir(), 'rcs-large-'));
let cluster: RunningCluster;
let playPath: string;
let expected: string;

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'));
  const curlClient = new CurlClient(cluster, work);
  expected = await store('large.bin', curlClient.certificateFile);
  playPath = await curlClient.insertedFile('large.bin');
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** openssl encrypts and curl uploads, with nothing of it on the disk but what the storage keeps. Answers the SHA-256 of what is played. */
async function store(name: string, certificateFile: string): Promise<string> {
  const { url, user, password } = cluster.ready.webdav;
  const commands =
    'openssl cms -encrypt -binary -stream -aes256 -outform DER "$1" | curl --silent --fail --user "$2" --upload-file - "$3"';
  const words = ['-euo', 'pipefail', '-c', commands, 'bash', certificateFile, `${user}:${password}`, `${url}/${name}`];
  const child = spawn(...endingWithUs('bash', words), { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = within('the upload', once(child, 'exit'), uploadTimeoutMs);
  const hash = createHash('sha256');
  await Promise.all([pipeline(plaintext(hash), child.stdin), ended]);
  expect(child.exitCode).toBe(0);
  return hash.digest('hex');
}

/** Bytes that do not repeat, the same at every run: an AES key stream. */
function* plaintext(hash: Hash): Generator<Buffer> {
  for (let offset = 0; offset < length; offset += chunkBytes) {
    const chunk = plaintextAt(offset, Math.min(chunkBytes, length - offset));
    if (offset >= playedFrom) hash.update(chunk);
    yield chunk;
  }
}

/** `offset` is a multiple of the AES block. */
function plaintextAt(offset: number, bytes: number): Buffer {
  const counter = Buffer.alloc(16);
  counter.writeBigUInt64BE(BigInt(offset / 16), 8);
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), counter).update(Buffer.alloc(bytes));
}

async function residentBytes(): Promise<number[]> {
  return Promise.all(
    cluster.ready.management.workers.map(async url => {
      const metrics = await metricsOf(url);
      return Number(/^process_resident_memory_bytes\{[^}]*\} (\S+)$/m.exec(metrics)?.[1]);
    }),
  );
}

/** What Apache says it has sent of the file, bytes, by its own access log. */
function bytesReadFromStorage(): number {
  const log = readFileSync(join(cluster.ready.dataDir, 'webdav/access.log'), 'utf8');
  const sent = log.split('\n').filter(line => line.startsWith('GET /recordings/large.bin'));
  return sent.reduce((sum, line) => sum + Number(line.split(' ')[3]), 0);
}

interface Played {
  readonly digest: string;
  readonly bytes: number;
  /** Largest resident size of each worker meanwhile, bytes. */
  readonly peak: readonly number[];
}

function play(range?: string): Promise<Played> {
  const { gateway, caFile, users } = cluster.ready;
  const { name, password } = users[0]!;
  const options = {
    ca: readFileSync(caFile),
    auth: `${name}:${password}`,
    headers: range === undefined ? {} : { range },
  };
  return new Promise((resolve, reject) => {
    const request = get(`${gateway}/api/v2${playPath}`, options, response => {
      const hash = createHash('sha256');
      let bytes = 0;
      let peak: number[] = [0, 0];
      const watch = setInterval(() => {
        residentBytes().then(now => (peak = peak.map((value, index) => Math.max(value, now[index]!))), reject);
      }, 100);
      response.on('data', (chunk: Buffer) => {
        hash.update(chunk);
        bytes += chunk.length;
      });
      response.on('close', () => {
        clearInterval(watch);
        resolve({ digest: hash.digest('hex'), bytes, peak });
      });
    });
    request.on('error', reject);
  });
}

it('a seek near the end of 2 GB reads less than 256 KiB from the store, by a worker that has never seen the file', async () => {
  const start = Math.floor((length * 0.9) / 16) * 16;
  const curlClient = new CurlClient(cluster, work);
  const answer = await curlClient.play(playPath, '--range', `${start}-${start + 65_535}`);
  expect(answer.status).toBe(206);
  expect(answer.headers['content-range']).toBe(`bytes ${start}-${start + 65_535}/${length}`);
  expect(answer.body.equals(plaintextAt(start, 65_536))).toBe(true);
  expect(bytesReadFromStorage()).toBeGreaterThan(65_536);
  expect(bytesReadFromStorage()).toBeLessThan(256 * 1024);
});

it('2 GB, in the smallest run their end, play byte for byte while the memory of the workers stays flat', async () => {
  // The first 100 or 200 MB show what a stream needs, whatever the length of the file: code, buffers, what the collector leaves.
  const parts: Played[] = [];
  for (let part = 0; part < 6; part++) parts.push(await play(`bytes=0-${countInTier(100_000_000, 200_000_000) - 1}`));
  const { digest, bytes, peak } = await play(playedFrom === 0 ? undefined : `bytes=${playedFrom}-`);
  expect(bytes).toBe(length - playedFrom);
  expect(digest).toBe(expected);
  const needed = peak.map((_, index) => Math.max(...parts.map(part => part.peak[index]!)));
  const growth = peak.map((value, index) => (value - needed[index]!) / 1024 ** 2);
  // Between two collections the heap may grow to a multiple of what lives in it (libs/media-heap), and where in that a part
  // ended is chance. What stayed of the recording would be a part of 500 MB or more.
  expect(Math.max(...growth)).toBeLessThan(64);
});
