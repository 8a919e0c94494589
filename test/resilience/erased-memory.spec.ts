import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { foundInFiles } from '#test/traces/found-traces.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { ErasedRecordings } from './erased-memory/erased-recordings.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');

describe.each([
  ['through sockets of the host', {}],
  ['over TLS', { RCS_DECRYPT_WORKER__SOCKET_DIRECTORY: 'false' }],
])('gateways that reach workers %s', (_how, environment: Readonly<Record<string, string>>) => {
  const work = workDirectory('rcs-erased-memory-');
  const dataDirectory = join(work, 'data');
  let cluster: RunningCluster;
  let erased: ErasedRecordings;

  beforeAll(async () => {
    cluster = await startCluster(repository, dataDirectory, environment);
    erased = await ErasedRecordings.record(cluster, work);
  });

  afterAll(async () => {
    await cluster?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  it('finds no envelope and no key of an erased recording in any file or process', async () => {
    await erased.playThroughAllWorkers();
    const store = join(dataDirectory, 'store');
    const { envelopes, keys, wholeKeys } = erased;
    // The scan can fail: it finds what is there before.
    expect(erased.inMemory('worker', envelopes)).not.toEqual({});
    expect(erased.inMemory('gateway', envelopes)).not.toEqual({});
    expect(foundInFiles(store, envelopes)).not.toEqual({});

    await erased.eraseAll();
    // At once; what OpenSSL has made of it goes with the streams that it was made for.
    expect(erased.inMemory('worker', wholeKeys)).toEqual({});
    const traces = { ...keys, ...envelopes };
    await erased.expectClean('worker', traces);
    expect(erased.inMemory('gateway', keys)).toEqual({});
    await waitFor('the files of the store to be clean', () => Object.keys(foundInFiles(store, traces)).length === 0);
    expect(foundInFiles(dataDirectory, traces)).toEqual({});
    expect(await erased.inRedis(traces)).toEqual({});
    await erased.playKept();
  });
});
