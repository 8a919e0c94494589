import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { parse } from 'yaml';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import {
  foundInFiles,
  foundInMemory,
  processesOf,
  type ClusterProgram,
  type FoundTraces,
} from '#test/traces/found-traces.js';
import { spellingsOf } from '#test/traces/spellings.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { curl } from '../e2e/external-tools.js';
import { importKnownKey, recordAgain, type KnownRecording } from '../e2e/known-key.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const caller = '+4930987654321';
/** What is in freed memory is overwritten some seconds after an erasure. */
const patience = { patienceMs: 90_000, pollMs: 3000 };

/** Whoever has either of them, and the private key, opens the recording. */
const envelopesOf = (recordings: readonly KnownRecording[]): Record<string, Buffer> =>
  Object.assign(
    {},
    ...recordings.map(({ id, encryptedKey }) => spellingsOf(`envelope of ${id}`, encryptedKey.subarray(100, 124))),
  ) as Record<string, Buffer>;

/** Of a key that OpenSSL has expanded for AES, both halves begin its schedule, or the first one ends it. */
const keysOf = (recordings: readonly KnownRecording[]): Record<string, Buffer> =>
  Object.assign(
    {},
    ...recordings.map(({ id, sessionKey }) => ({
      ...spellingsOf(`key of ${id}`, sessionKey.subarray(0, 16)),
      [`key of ${id}, second half`]: sessionKey.subarray(16),
    })),
  ) as Record<string, Buffer>;

describe.each([
  ['through sockets of the host', {}],
  ['over TLS', { RCS_DECRYPT_WORKER__SOCKET_DIRECTORY: 'false' }],
])('gateways that reach workers %s', (_how, environment: Readonly<Record<string, string>>) => {
  const work = workDirectory('rcs-erased-memory-');
  const dataDirectory = join(work, 'data');
  let cluster: RunningCluster;
  let client: CurlClient;
  let recordings: KnownRecording[];
  let kept: KnownRecording;

  beforeAll(async () => {
    cluster = await startCluster(repository, dataDirectory, environment);
    client = new CurlClient(cluster, work);
    await importKnownKey(cluster, work);
    const fields = { callerPhoneNumber: caller };
    recordings = [
      await recordAgain(client, work, { name: 'DETACHED' }),
      await recordAgain(client, work, { name: 'DETACHED-OF-CALLER', fields }),
      await recordAgain(client, work, { name: 'ATTACHED-OF-CALLER', fields, attached: true }),
    ];
    kept = await recordAgain(client, work, { name: 'OF-NOBODY' });
  });

  afterAll(async () => {
    await cluster?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  const inMemory = (program: ClusterProgram, traces: Record<string, Buffer>): FoundTraces =>
    foundInMemory(program, dataDirectory, traces);

  const play = async ({ playPath, media }: KnownRecording): Promise<void> => {
    const answer = await client.play(playPath);
    expect([answer.status, answer.body.equals(media)]).toEqual([200, true]);
  };

  const wholeKeys = (): Record<string, Buffer> =>
    Object.fromEntries(recordings.map(({ id, sessionKey }) => [`key of ${id}`, sessionKey]));

  /** Until every worker has some of them open, and all are open somewhere; a gateway asks the worker that has a recording open. */
  async function playThroughAllWorkers(): Promise<void> {
    const workers = processesOf('worker', dataDirectory).length;
    expect(workers).toBeGreaterThan(1);
    await waitFor('all workers to open recordings', async () => {
      await Promise.all([...recordings, ...recordings].map(play));
      const open = Object.values(inMemory('worker', wholeKeys()));
      const isOpen = (name: string): boolean => open.flat().some(found => found.startsWith(`${name}:`));
      return open.length === workers && Object.keys(wholeKeys()).every(isOpen);
    });
  }

  async function isClean(program: ClusterProgram, traces: Record<string, Buffer>): Promise<void> {
    const look = (): FoundTraces => inMemory(program, traces);
    const found = await answerOf(program, look, seen => Object.keys(seen).length === 0, patience).catch(look);
    expect(found).toEqual({});
  }

  async function erase(asked: object): Promise<void> {
    const answer = await curl(
      ...client.asUser('alice'),
      ...['--request', 'POST', '-H', 'Content-Type: application/json'],
      ...['--data-binary', JSON.stringify({ reason: 'asked for', ...asked })],
      `${cluster.ready.gateway}/rcs/erasures`,
    );
    expect(JSON.parse(answer.body.toString())).toMatchObject({ isFinished: true });
  }

  async function inRedis(traces: Record<string, Buffer>): Promise<FoundTraces> {
    const { redis: settings } = parse(readFileSync(join(dataDirectory, 'application.yaml'), 'utf8')) as {
      redis: { url: string; password: { file: string } };
    };
    const redis = new Redis(settings.url, { password: readFileSync(settings.password.file, 'utf8') });
    try {
      await redis.save();
      const [, directory = ''] = await redis.config('GET', 'dir');
      return { ...foundInFiles(directory, traces), ...inMemory('redis', traces) };
    } finally {
      redis.disconnect();
    }
  }

  it('finds no envelope and no key of an erased recording in any file or process', async () => {
    await playThroughAllWorkers();
    await play(kept);
    const store = join(dataDirectory, 'store');
    const envelopes = envelopesOf(recordings);
    const keys = keysOf(recordings);
    // The scan can fail: it finds what is there before.
    expect(inMemory('worker', envelopes)).not.toEqual({});
    expect(inMemory('gateway', envelopes)).not.toEqual({});
    expect(foundInFiles(store, envelopes)).not.toEqual({});

    const [one] = recordings;
    await erase({ recordings: [one!.id] });
    await erase({ subject: { phoneNumber: caller } });
    for (const { playPath } of recordings) expect((await client.play(playPath)).status).toBe(404);
    // At once; what OpenSSL has made of it goes with the streams that it was made for.
    expect(inMemory('worker', wholeKeys())).toEqual({});
    const traces = { ...keys, ...envelopes };
    await isClean('worker', traces);
    expect(inMemory('gateway', keys)).toEqual({});
    await waitFor('the files of the store to be clean', () => Object.keys(foundInFiles(store, traces)).length === 0);
    expect(foundInFiles(dataDirectory, traces)).toEqual({});
    expect(await inRedis(traces)).toEqual({});
    await play(kept);
  });
});
