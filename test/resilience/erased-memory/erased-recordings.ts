import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { parse } from 'yaml';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import {
  foundInFiles,
  foundInMemory,
  processesOf,
  type ClusterProgram,
  type FoundTraces,
} from '#test/traces/found-traces.js';
import { spellingsOf } from '#test/traces/spellings.js';
import { answerOf, waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../../e2e/curl-client.js';
import { curl } from '../../e2e/external-tools.js';
import { importKnownKey, recordAgain, type KnownRecording } from '../../e2e/known-key.js';

export type Traces = Readonly<Record<string, Buffer>>;

/** What is in freed memory is overwritten some seconds after an erasure. */
const patience = { patienceMs: 120_000, pollMs: 3000 };
const caller = '+4930987654321';

/** Recordings under keys that the test knows, of a cluster that erases them, and what of them is left where. */
export class ErasedRecordings {
  private constructor(
    private readonly cluster: RunningCluster,
    private readonly client: CurlClient,
    /** One that is erased by its id, and two of a caller, of whom one has its envelope in the stored file. */
    private readonly recordings: readonly KnownRecording[],
    private readonly kept: KnownRecording,
  ) {}

  static async record(cluster: RunningCluster, work: string): Promise<ErasedRecordings> {
    const client = new CurlClient(cluster, work);
    await importKnownKey(cluster, work);
    const fields = { callerPhoneNumber: caller };
    const recordings = [
      await recordAgain(client, work, { name: 'DETACHED' }),
      await recordAgain(client, work, { name: 'DETACHED-OF-CALLER', fields }),
      await recordAgain(client, work, { name: 'ATTACHED-OF-CALLER', fields, attached: true }),
    ];
    return new ErasedRecordings(cluster, client, recordings, await recordAgain(client, work, { name: 'OF-NOBODY' }));
  }

  /** Whoever has either of them, and the private key, opens a recording. */
  get envelopes(): Traces {
    return merged(
      this.recordings.map(({ id, encryptedKey }) => spellingsOf(`envelope of ${id}`, encryptedKey.subarray(100, 124))),
    );
  }

  /** Of a key that OpenSSL has expanded for AES, both halves begin its schedule, or the first one ends it. */
  get keys(): Traces {
    return merged(
      this.recordings.map(({ id, sessionKey }) => ({
        ...spellingsOf(`key of ${id}`, sessionKey.subarray(0, 16)),
        [`key of ${id}, second half`]: sessionKey.subarray(16),
      })),
    );
  }

  /** As they were unwrapped. */
  get wholeKeys(): Traces {
    return merged(this.recordings.map(({ id, sessionKey }) => ({ [`key of ${id}`]: sessionKey })));
  }

  /** The number of the erased caller. */
  get subject(): Traces {
    return { caller: Buffer.from(caller) };
  }

  inMemory(program: ClusterProgram, traces: Traces): FoundTraces {
    return foundInMemory(program, this.cluster.ready.dataDir, traces);
  }

  /** Until every worker has some of them open, and all are open somewhere; a gateway asks the worker that has a recording open. */
  async playThroughAllWorkers(): Promise<void> {
    const workers = processesOf('worker', this.cluster.ready.dataDir).length;
    expect(workers).toBeGreaterThan(1);
    await waitFor('all workers to open recordings', async () => {
      await Promise.all([...this.recordings, ...this.recordings].map(recording => this.play(recording)));
      const open = Object.values(this.inMemory('worker', this.wholeKeys));
      const isOpen = (name: string): boolean => open.flat().some(found => found.startsWith(`${name}:`));
      return open.length === workers && Object.keys(this.wholeKeys).every(isOpen);
    });
    await this.playKept();
  }

  /** One of them by its id, and the others as those of a person. */
  async eraseAll(): Promise<void> {
    await this.erase({ recordings: [this.recordings[0]!.id] });
    await this.erase({ subject: { phoneNumber: caller } });
    for (const { playPath } of this.recordings) expect((await this.client.play(playPath)).status).toBe(404);
  }

  /** What is not erased plays on. */
  playKept(): Promise<void> {
    return this.play(this.kept);
  }

  /** Freed memory is overwritten in its own time. */
  async expectClean(program: ClusterProgram, traces: Traces): Promise<void> {
    const look = (): FoundTraces => this.inMemory(program, traces);
    const found = await answerOf(program, look, seen => Object.keys(seen).length === 0, patience).catch(look);
    expect(found).toEqual({});
  }

  /** In what Redis writes to its disk, and in its memory. */
  async inRedis(traces: Traces): Promise<FoundTraces> {
    return this.withRedis(async redis => {
      await redis.save();
      const [, directory = ''] = await redis.config('GET', 'dir');
      return { ...foundInFiles(directory, traces), ...this.inMemory('redis', traces) };
    });
  }

  /** Calls Redis as the services of the cluster do. */
  async withRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const { redis: settings } = parse(readFileSync(join(this.cluster.ready.dataDir, 'application.yaml'), 'utf8')) as {
      redis: { url: string; password: { file: string } };
    };
    const redis = new Redis(settings.url, { password: readFileSync(settings.password.file, 'utf8') });
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  private async play({ playPath, media }: KnownRecording): Promise<void> {
    const answer = await this.client.play(playPath);
    expect([answer.status, answer.body.equals(media)]).toEqual([200, true]);
  }

  private async erase(asked: object): Promise<void> {
    const answer = await curl(
      ...this.client.asUser('alice'),
      ...['--request', 'POST', '-H', 'Content-Type: application/json'],
      ...['--data-binary', JSON.stringify({ reason: 'asked for', ...asked })],
      `${this.cluster.ready.gateway}/rcs/erasures`,
    );
    expect(JSON.parse(answer.body.toString())).toMatchObject({ isFinished: true });
  }
}

const merged = (all: readonly Traces[]): Traces => Object.assign({}, ...all) as Traces;
