import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get, Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { Counters, growth } from '../bench/cluster-counters.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { answerOf } from '#test/waiting/wait-for.js';
import { within } from '#test/waiting/within.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';
import { splitEnvelope } from './split-envelope.js';

jest.setTimeout(180_000);

const KiB = 1024;
const work = mkdtempSync(join(tmpdir(), 'rcs-left-early-'));
const media = mediaLike(6_000_000);
const forms = ['detached', 'attached', 'streamed', 'authenticated', 'plain'] as const;
const hops = 8;
let cluster: RunningCluster;
let curlClient: CurlClient;
const playPaths = new Map<string, string>();

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'));
  curlClient = new CurlClient(cluster, work);
  const encrypted = async (...options: readonly string[]): Promise<Buffer> => {
    const [input, output] = [curlClient.write('media', media), curlClient.file('encrypted')];
    const files = ['-binary', '-in', input, '-out', output, '-outform', 'DER'];
    await openssl('cms', '-encrypt', ...options, ...files, curlClient.certificateFile);
    return readFileSync(output);
  };
  const { envelope, ciphertext } = splitEnvelope(await encrypted('-aes256'));
  const stored = {
    detached: ciphertext,
    attached: await encrypted('-aes128'),
    streamed: await encrypted('-aes256', '-stream'),
    authenticated: await encrypted('-aes-256-gcm'),
    plain: media,
  };
  for (const form of forms) {
    await curlClient.put(`${form}.mp3`, stored[form]);
    playPaths.set(
      form,
      await curlClient.inserted(form, {
        mediaId: `${form}.mp3`,
        mediaDescriptor: { storage: 'webDAV', path: `${form}.mp3` },
        ...(form === 'detached' ? { pkcs7: envelope.toString('base64') } : {}),
      }),
    );
  }
  // Whoever makes the content trees reads all of every file, which would count among what is read for players.
  for (const playPath of playPaths.values()) await untilProved(playPath);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const counters = () => Counters.read(cluster.ready.management);

/** Asks for all from here on over a connection of its own, and closes that after the first KiB. */
function leaveEarly(playPath: string, start: number): Promise<Buffer> {
  const { gateway, caFile, users } = cluster.ready;
  const { name, password } = users[0]!;
  const headers = { range: `bytes=${start}-` };
  const agent = new Agent({ ca: readFileSync(caFile) });
  return within(
    'an answer, and its end',
    new Promise<Buffer>((resolve, reject) => {
      const url = `${gateway}/api/v2${playPath}`;
      const request = get(url, { agent, auth: `${name}:${password}`, headers }, response => {
        response.once('readable', () => {
          const first = response.read(KiB) as Buffer | null;
          response.once('close', () => resolve(first ?? Buffer.alloc(0)));
          response.on('error', () => undefined);
          response.destroy();
        });
      });
      request.on('error', reject);
    }),
  );
}

/** Until the content tree is there, and a session has been opened with it. */
async function untilProved(playPath: string): Promise<void> {
  const proof = async (): Promise<string | undefined> =>
    (await curlClient.play(playPath, '--range', '0-0')).headers['rcs-content-proof'];
  await answerOf('a proof of the content', proof, said => said === 'proved');
}

/** What runs when a player leaves ends. */
async function untilIdle(): Promise<void> {
  const streams = async (): Promise<number> => (await counters()).sum('decrypt-worker', 'rcs_worker_active_streams');
  await answerOf('the end of all streams', streams, count => count === 0);
}

it.each(forms)('an open range of a file that is %s costs little when it is left', async form => {
  const playPath = playPaths.get(form)!;
  const before = await counters();
  for (let hop = 0; hop < hops; hop++) {
    const start = 1 + hop * 300_000;
    expect(await leaveEarly(playPath, start)).toEqual(media.subarray(start, start + KiB));
  }
  await untilIdle();
  const grown = growth(before, await counters());
  const spent = (name: string): number => grown('decrypt-worker', name);
  expect(spent('rcs_worker_plaintext_bytes_total') / hops).toBeLessThanOrEqual(512 * KiB);
  // A worker that has not opened the file yet reads all of it first, where only all of it proves anything.
  const opening = form === 'authenticated' ? media.length : 0;
  // Besides: what lies around it in whole cipher blocks, segments with their headers, or blocks of the content tree.
  expect((spent('rcs_worker_storage_bytes_total') - opening) / hops).toBeLessThanOrEqual(640 * KiB);
});

it.each(forms)('all of a file that is %s comes, from its beginning and from the middle of a window', async form => {
  const playPath = playPaths.get(form)!;
  for (const start of [0, 100_001, 5_999_000]) {
    const answer = await curlClient.play(playPath, '--range', `${start}-`);
    expect(answer.headers).toMatchObject({
      'content-length': String(media.length - start),
      'content-range': `bytes ${start}-${media.length - 1}/${media.length}`,
    });
    expect(answer.body.equals(media.subarray(start))).toBe(true);
  }
  const whole = await curlClient.play(playPath);
  expect([whole.status, whole.headers['content-length']]).toEqual([200, String(media.length)]);
  expect(whole.body.equals(media)).toBe(true);
});
