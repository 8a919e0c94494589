import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { PostgresqlServer, superuser } from '#test/postgresql/postgresql-server.js';
import { foundInFiles } from '#test/traces/found-traces.js';
import { ErasedRecordings } from '../resilience/erased-memory/erased-recordings.js';

jest.setTimeout(300_000);

const work = workDirectory('rcs-erased-traces-');
const dataDirectory = join(work, 'data');
let database: PostgresqlServer;
let cluster: RunningCluster;
let erased: ErasedRecordings;

beforeAll(async () => {
  database = await PostgresqlServer.start();
  await database.execute('CREATE DATABASE rcs');
  cluster = await startCluster(join(__dirname, '../..'), dataDirectory, {
    RCS_STORE__KIND: 'postgresql',
    RCS_STORE__POSTGRESQL__HOSTS: `[127.0.0.1:${database.port}]`,
    RCS_STORE__POSTGRESQL__USER_NAME: superuser.user,
    RCS_STORE__POSTGRESQL__PASSWORD: superuser.password,
    RCS_STORE__POSTGRESQL__ENABLE_SSL: 'false',
  });
  erased = await ErasedRecordings.record(cluster, work);
  await erased.withRedis(redis => redis.config('SET', 'appendonly', 'yes'));
});

afterAll(async () => {
  await cluster?.stop();
  await database?.stop();
  rmSync(work, { recursive: true, force: true });
});

it('an erased recording of an erased person is in no database, in no Redis, and in the memory of no worker', async () => {
  await erased.playThroughAllWorkers();
  const { envelopes, keys, wholeKeys, subject } = erased;
  const tables = join(database.data, 'base');
  await database.execute('CHECKPOINT');
  // The scan can fail: it finds what is there before.
  expect(erased.inMemory('worker', envelopes)).not.toEqual({});
  expect(erased.inMemory('gateway', envelopes)).not.toEqual({});
  expect(foundInFiles(tables, envelopes)).not.toEqual({});
  expect(foundInFiles(tables, subject)).not.toEqual({});
  expect(foundInFiles(tables, keys)).toEqual({});

  await erased.eraseAll();
  // At once; what OpenSSL has made of it goes with the streams that it was made for.
  expect(erased.inMemory('worker', wholeKeys)).toEqual({});
  const traces = { ...keys, ...envelopes };
  await erased.expectClean('worker', traces);
  expect(erased.inMemory('gateway', keys)).toEqual({});
  expect(await erased.inRedis({ ...traces, ...subject })).toEqual({});
  expect(foundInFiles(dataDirectory, traces)).toEqual({});
  // VACUUM alone frees the room of rows, and leaves their bytes there until others are written over them.
  await database.execute('VACUUM FULL', 'rcs');
  await database.execute('CHECKPOINT');
  expect(foundInFiles(tables, { ...traces, ...subject })).toEqual({});
  await erased.playKept();
});
