import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { splitEnvelope } from './split-envelope.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';
import { StoredEnvelopes } from './stored-envelopes.js';

jest.setTimeout(180_000);

interface Peaks {
  readonly sampleRate: number;
  readonly duration: number;
  readonly buckets: number;
  readonly peaks: readonly (readonly number[])[];
}

const work = mkdtempSync(join(tmpdir(), 'rcs-peaks-'));
let cluster: RunningCluster;
let curlClient: CurlClient;
let envelopes: StoredEnvelopes;

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'));
  curlClient = new CurlClient(cluster, work);
  envelopes = new StoredEnvelopes(curlClient, 'peaks');
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** One channel at half of what there is, the other at a quarter. */
function audio(...options: readonly string[]): Buffer {
  const source = 'aevalsrc=0.5*sin(2*PI*440*t)|0.25*sin(2*PI*440*t):s=8000:d=4';
  return execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, ...options, 'pipe:1']);
}

async function recorded(plaintext: Buffer, type: string): Promise<string> {
  const der = await envelopes.encrypt(plaintext, '-aes256', '-outform', 'DER', ...envelopes.forUs);
  const { envelope, ciphertext } = splitEnvelope(der);
  return envelopes.detachedPath(ciphertext, { pkcs7: envelope.toString('base64'), type });
}

async function peaksOf(playPath: string, query = ''): Promise<Peaks> {
  const answer = await curlClient.play(`${playPath}/peaks${query}`);
  expect({ status: answer.status, body: answer.body.toString().slice(0, 300) }).toMatchObject({ status: 200 });
  return JSON.parse(answer.body.toString()) as Peaks;
}

const highest = (samples: readonly number[]): number => Math.max(...samples.map(Math.abs));

const kept = (): readonly Buffer[] => {
  const [file = ''] = globSync(join(cluster.ready.dataDir, '**/store.sqlite'));
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare<[], Buffer>('SELECT peaks FROM media_peaks').pluck().all();
  } finally {
    database.close();
  }
};

it.each([
  ['WAV', 'audio/wav', ['-c:a', 'pcm_mulaw', '-f', 'wav']],
  ['MP3', 'audio/mp3', ['-c:a', 'libmp3lame', '-f', 'mp3']],
  ['Opus', 'audio/ogg', ['-c:a', 'libopus', '-f', 'ogg']],
])('%s: a wave form of each channel, made once and kept sealed', async (_, type, options) => {
  const playPath = await recorded(audio(...options), type);
  const before = kept().length;
  const [first, ...others] = await Promise.all([1, 2, 3].map(() => peaksOf(playPath, '?buckets=50')));
  for (const other of others) expect(other).toEqual(first);
  expect(kept()).toHaveLength(before + 1);
  expect(first!.buckets).toBe(50);
  expect(first!.duration).toBeCloseTo(4, 0);
  expect(first!.peaks.map(({ length }) => length)).toEqual([50, 50]);
  expect(highest(first!.peaks[0]!)).toBeCloseTo(0.5, 1);
  expect(highest(first!.peaks[1]!)).toBeCloseTo(0.25, 1);
  // Nothing of it can be read without the session key.
  expect(kept().every(bytes => !bytes.includes('sampleRate'))).toBe(true);
  const whole = await peaksOf(playPath, '?buckets=20&form=minmax&bits=8');
  expect(whole.peaks[0]).toHaveLength(40);
  expect(Math.min(...whole.peaks[0]!)).toBeLessThan(-50);
});

it('has an ETag of its own for every way to ask, also of a file with its envelope inside', async () => {
  const name = envelopes.nextName();
  await curlClient.put(
    name,
    await envelopes.encrypt(audio('-f', 'wav'), '-aes256', '-outform', 'DER', ...envelopes.forUs),
  );
  const playPath = await curlClient.insertedFile(name);
  const answer = await curlClient.play(`${playPath}/peaks`);
  expect(answer.status).toBe(200);
  const { etag = '' } = answer.headers;
  const again = await curlClient.play(`${playPath}/peaks`, '--header', `If-None-Match: ${etag}`);
  expect([again.status, again.body.length]).toEqual([304, 0]);
  const other = await curlClient.play(`${playPath}/peaks?buckets=7`, '--header', `If-None-Match: ${etag}`);
  expect(other.status).toBe(200);
});

it('names what is no audio that is decoded, and what a query may say', async () => {
  const still = execFileSync(
    'ffmpeg',
    '-loglevel error -f lavfi -i color=size=16x16:d=1 -frames:v 1 -f image2pipe -c:v png pipe:1'.split(' '),
  );
  const picture = await curlClient.play(`${await recorded(still, 'audio/mp3')}/peaks`);
  expect([picture.status, picture.body.toString()]).toEqual([415, expect.stringContaining('the media is png')]);
  const flac = await curlClient.play(`${await recorded(audio('-c:a', 'flac', '-f', 'ogg'), 'audio/ogg')}/peaks`);
  expect([flac.status, flac.body.toString()]).toEqual([415, expect.stringContaining('something else than Opus')]);
  const playPath = await recorded(audio('-f', 'wav'), 'audio/wav');
  for (const query of ['buckets=0', 'buckets=8001', 'buckets=x', 'bits=7', 'form=line']) {
    expect((await curlClient.play(`${playPath}/peaks?${query}`)).status).toBe(400);
  }
});

it('is for those alone who may play it, and stands in the audit', async () => {
  const playPath = await recorded(audio('-f', 'wav'), 'audio/wav');
  const url = curlClient.playUrl(`${playPath}/peaks`);
  expect((await curl('--cacert', cluster.ready.caFile, url)).status).toBe(401);
  const played = await curl(...curlClient.asUser('carol'), curlClient.playUrl(playPath));
  const drawn = await curl(...curlClient.asUser('carol'), url);
  expect(drawn.status).toBe(played.status);
  expect(drawn.status).toBeGreaterThanOrEqual(403);
  await peaksOf(playPath);
  const audited = await curlClient.get('/rcs/audit?limit=50');
  expect(audited.body.toString()).toContain('peaks-read');
});
