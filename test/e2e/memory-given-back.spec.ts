import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from './curl-client.js';

jest.setTimeout(600_000);

/** A busy machine leaves no process quiet for long. */
const patience = { patienceMs: 240_000, pollMs: 500 };
const mostOfNodeKiB = 30 * 1024;

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-given-back-'));
let cluster: RunningCluster;
let curlClient: CurlClient;

interface LogLine {
  readonly msg: string;
  readonly heaps?: boolean;
  readonly programKiB?: number;
}

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'), { RCS_LOGGING__LEVEL: 'debug' });
  curlClient = new CurlClient(cluster, work);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

function linesAboutMemory(service: string): LogLine[] {
  return readFileSync(join(cluster.ready.dataDir, 'logs', `${service}.log`), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as LogLine)
    .filter(({ msg }) => /^memory (was|cannot be) given back$/.test(msg));
}

it('every service gives memory back when it is quiet, and plays as before', async () => {
  const [recording] = cluster.ready.recordings;
  const before = await curlClient.play(recording?.playPath ?? '');
  expect(before.status).toBe(200);
  const services = ['playback-gateway', 'key-vault', 'decrypt-worker-1', 'decrypt-worker-2'];
  await Promise.all(
    services.map(service => waitFor(`memory of ${service}`, () => linesAboutMemory(service).length > 0, patience)),
  );
  for (const service of services) {
    const [line] = linesAboutMemory(service);
    expect(line).toMatchObject({ msg: 'memory was given back', heaps: true });
    expect(line?.programKiB).toBeGreaterThan(mostOfNodeKiB);
  }
  const after = await curlClient.play(recording?.playPath ?? '');
  expect(after).toMatchObject({ status: 200, body: before.body });
});
