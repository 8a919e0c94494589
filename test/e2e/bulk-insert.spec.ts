import { type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { resultOf, startRcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';

jest.setTimeout(120_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-bulk-insert-'));
const at = (name: string): string => join(work, name);
let cluster: RunningCluster;
let curlClient: CurlClient;

interface Summary {
  readonly created: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: readonly { readonly line: number; readonly id?: string; readonly error: string }[];
}

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  curlClient = new CurlClient(cluster, work);
  writeFileSync(at('ops.password'), cluster.ready.ops.password);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

function start(file: string, ...options: readonly string[]): ChildProcess {
  const { gateway, caFile, contactCenter, ops, dataDir } = cluster.ready;
  const access = ['--gateway', gateway, '--ca', caFile, '--contact-center', contactCenter, '--ops-user', ops.name];
  const parameters = ['insert', file, '--json', ...access, '--ops-password-file', at('ops.password'), ...options];
  return startRcsctl(join(dataDir, 'rcsctl.yaml'), ...parameters);
}

const line = (name: string, more: object = {}): string => {
  const mediaDescriptor = curlClient.stored(`${name}.bin`);
  const mediaFiles = [{ mediaId: `${name}.mp3`, type: 'audio/mp3', mediaDescriptor, ...more }];
  const recording = { id: curlClient.recordingId(name), startTime: '2026-11-21T08:00:00.000+0000', mediaFiles };
  return `${JSON.stringify(recording)}\n`;
};

describe('rcsctl insert', () => {
  it('inserts what it can, and names the lines that it cannot', async () => {
    writeFileSync(at('some.jsonl'), `${line('BULK1')}${line('BULK2', { pkcs7: 'AAAA' })}{\n${line('BULK3')}`);
    const { status, stdout } = await resultOf(start(at('some.jsonl')));
    expect([status, JSON.parse(stdout)]).toEqual([
      1,
      expect.objectContaining({
        created: 2,
        failed: [
          {
            line: 2,
            id: curlClient.recordingId('BULK2'),
            error: expect.stringContaining('mediaFiles.0.pkcs7: must be a CMS envelope'),
          },
          { line: 3, error: expect.stringContaining('it is no JSON') },
        ],
      }),
    ]);
    expect((await curlClient.get(`/api/v2/recordings/${curlClient.recordingId('BULK3')}`)).status).toBe(200);
  });

  it('reads standard input', async () => {
    const child = start('-');
    const result = resultOf(child);
    child.stdin?.end(`${line('PIPE1')}${line('PIPE2')}`);
    expect(JSON.parse((await result).stdout)).toMatchObject({ created: 2, failed: [] });
  });

  it('killed in the middle, it goes on there, and every recording is inserted once', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `KILLED${index}`);
    writeFileSync(at('many.jsonl'), names.map(name => line(name)).join(''));
    const position = at('many.position');
    const killed = start(at('many.jsonl'), '--position', position, '--concurrency', '2');
    const ended = resultOf(killed);
    await waitFor('a position', () => existsSync(position));
    killed.kill('SIGKILL');
    await ended;
    const reached = (JSON.parse(readFileSync(position, 'utf8')) as { lines: number }).lines;
    const { status, stdout } = await resultOf(start(at('many.jsonl'), '--position', position));
    const { created, unchanged, skipped, failed } = JSON.parse(stdout) as Summary;
    expect({ status, failed, skipped }).toEqual({ status: 0, failed: [], skipped: reached });
    expect(created + unchanged).toBe(400 - reached);
    for (const name of [names[0]!, names[199]!, names[399]!]) {
      expect((await curlClient.get(`/api/v2/recordings/${curlClient.recordingId(name)}`)).status).toBe(200);
    }
  });
});
