import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { parse } from 'yaml';
import { filesBelow } from '#test/cluster/files-below.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { countInMemory } from '#test/cluster/process-memory.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { PostgresqlServer, superuser } from '#test/postgresql/postgresql-server.js';
import { CurlClient } from '../e2e/curl-client.js';
import { curl } from '../e2e/external-tools.js';
import { recordUnderKnownKey, type KnownRecording } from '../e2e/known-key.js';

jest.setTimeout(300_000);

const work = workDirectory('rcs-erased-traces-');
const dataDirectory = join(work, 'data');
const caller = '+4930123456789';
let database: PostgresqlServer;
let cluster: RunningCluster;
let client: CurlClient;
let redis: Redis;

beforeAll(async () => {
  database = await PostgresqlServer.start();
  await database.execute('CREATE DATABASE rcs');
  cluster = await startCluster(join(__dirname, '../..'), dataDirectory, {
    RCS_STORE__KIND: 'postgresql',
    RCS_STORE__POSTGRESQL__HOSTS: `[127.0.0.1:${database.port}]`,
    RCS_STORE__POSTGRESQL__USER_NAME: superuser.user,
    RCS_STORE__POSTGRESQL__PASSWORD: superuser.password,
    RCS_STORE__POSTGRESQL__ENABLE_SSL: 'false',
    RCS_AUDIT__CHECKPOINT_FILE: join(work, 'checkpoints.jsonl'),
    RCS_REMOVAL__LEDGER_FILE: join(work, 'ledger.jsonl'),
  });
  client = new CurlClient(cluster, work);
  const configuration = parse(readFileSync(join(dataDirectory, 'application.yaml'), 'utf8')) as {
    redis: { url: string; password: { file: string } };
  };
  redis = new Redis(configuration.redis.url, { password: readFileSync(configuration.redis.password.file, 'utf8') });
  await redis.config('SET', 'appendonly', 'yes');
});

afterAll(async () => {
  redis?.disconnect();
  await cluster?.stop();
  await database?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** A session key, in the forms in which it could have been written down. */
const keysOf = ({ sessionKey }: KnownRecording) => ({
  key: sessionKey,
  keyInHex: Buffer.from(sessionKey.toString('hex')),
  keyInBase64: Buffer.from(sessionKey.toString('base64').slice(0, 40)),
});

const envelopesOf = ({ envelope }: KnownRecording) => ({
  envelope: envelope.subarray(-300, -220),
  envelopeInBase64: Buffer.from(envelope.toString('base64').slice(200, 280)),
});

const none = (traces: Record<string, Buffer>): Record<string, number> =>
  Object.fromEntries(Object.keys(traces).map(name => [name, 0]));

const workers = (): number[] =>
  readdirSync(join(dataDirectory, 'logs'))
    .flatMap(name => /^(decrypt-worker.*)\.log$/.exec(name)?.[1] ?? [])
    .map(service => processIdOf(service, dataDirectory));

function added(counts: readonly Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const each of counts) for (const [name, count] of Object.entries(each)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

const inWorkers = (traces: Record<string, Buffer>) => added(workers().map(pid => countInMemory(pid, traces)));

const inFiles = (directory: string, traces: Record<string, Buffer>) =>
  added(
    filesBelow(directory).map(file => {
      const content = readFileSync(file);
      return Object.fromEntries(Object.entries(traces).map(([name, trace]) => [name, content.includes(trace) ? 1 : 0]));
    }),
  );

async function inRedis(traces: Record<string, Buffer>) {
  await redis.save();
  const [, directory = ''] = await redis.config('GET', 'dir');
  const dumps = Buffer.concat(
    await Promise.all((await redis.keys('*')).map(async key => (await redis.dumpBuffer(key)) ?? Buffer.alloc(0))),
  );
  const inDumps = Object.fromEntries(
    Object.entries(traces).map(([name, trace]) => [name, dumps.includes(trace) ? 1 : 0]),
  );
  return added([inDumps, inFiles(directory, traces)]);
}

const erase = (asked: object) =>
  curl(
    ...client.asUser('alice'),
    ...['--request', 'POST', '-H', 'Content-Type: application/json'],
    ...['--data-binary', JSON.stringify({ reason: 'asked for', ...asked })],
    `${cluster.ready.gateway}/rcs/erasures`,
  );

it('an erased recording of an erased person is in no database, in no Redis, and its key in the memory of no worker', async () => {
  const recording = await recordUnderKnownKey(cluster, client, work, { callerPhoneNumber: caller });
  const keys = keysOf(recording);
  const traces = { ...keys, ...envelopesOf(recording), caller: Buffer.from(caller) };
  for (const range of [[], ['--range', '60000-'], ['--range', '0-99']]) {
    expect([200, 206]).toContain((await client.play(recording.playPath, ...range)).status);
  }
  expect(inWorkers(keys)['key']).toBeGreaterThan(0);
  const tables = join(database.data, 'base');
  await database.execute('CHECKPOINT');
  expect(inFiles(tables, traces)).toMatchObject({ key: 0, envelopeInBase64: expect.any(Number) as number });
  expect(inFiles(tables, traces)['envelopeInBase64']).toBeGreaterThan(0);
  expect(inFiles(tables, traces)['caller']).toBeGreaterThan(0);

  const answer = await erase({ subject: { phoneNumber: caller } });
  expect(JSON.parse(answer.body.toString())).toMatchObject({ recordings: [{ id: recording.id, outcome: 'removed' }] });
  expect((await client.play(recording.playPath)).status).toBe(404);
  expect(inWorkers(keys)).toEqual(none(keys));
  expect(await inRedis(traces)).toEqual(none(traces));
  // VACUUM alone frees the room of rows, and leaves their bytes there until others are written over them.
  await database.execute('VACUUM FULL', 'rcs');
  await database.execute('CHECKPOINT');
  expect(inFiles(tables, traces)).toEqual(none(traces));
});
