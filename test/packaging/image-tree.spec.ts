import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { processIdOf } from '#test/cluster/process-id.js';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import { endChild } from '#test/waiting/end-child.js';
import { within } from '#test/waiting/within.js';

jest.setTimeout(15 * 60_000);

const run = promisify(execFile);
const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-image-'));
const tree = join(work, 'tree');
const home = join(work, 'home');
const entryPoint = join(tree, 'bin/recording-crypto-server');
/** Nobody whom the machine knows, as in the image. */
const userId = 65532;
const isRoot = process.getuid?.() === 0;
const asUser = isRoot
  ? ['setpriv', `--reuid=${userId}`, `--regid=${userId}`, '--clear-groups', '--no-new-privs']
  : ['setpriv', '--no-new-privs'];

beforeAll(async () => {
  await run(join(repository, 'deploy/build-tree.sh'), [tree], { timeout: 14 * 60_000, maxBuffer: 64 * 1024 * 1024 });
  chmodSync(work, 0o755);
  mkdirSync(home);
  if (isRoot) chownSync(home, userId, userId);
});

afterAll(async () => {
  // The tree has no permission to write, not even for the one who made it.
  if (existsSync(tree)) await run('chmod', ['-R', 'u+w', tree]);
  rmSync(work, { recursive: true, force: true });
});

const environment = { PATH: process.env.PATH, HOME: home };
const start = (...args: readonly string[]): ChildProcess => {
  const [program, ...rest] = [...asUser, entryPoint, ...args] as [string, ...string[]];
  return spawn(program, rest, { cwd: home, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
};

async function ended(child: ChildProcess): Promise<{ status: number | null; error: string }> {
  const error = child.stderr === null ? Promise.resolve(Buffer.alloc(0)) : buffer(child.stderr);
  const [status] = (await within('the end of a service', once(child, 'exit'), 120_000)) as [number | null];
  return { status, error: (await error).toString() };
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(directory, join(entry.parentPath, entry.name)));
}

it('holds what runs, and nothing that builds or tests', () => {
  const files = filesOf(tree);
  expect(files).toEqual(expect.arrayContaining(['bin/recording-crypto-server', 'sbom.cdx.json', 'LICENSE']));
  expect(files.filter(file => /\.(c|cc|cpp|h|gyp|a)$/.test(file))).toEqual([]);
  expect(files.filter(file => /^dist\/.*\.(spec\.js|ts)$/.test(file))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['dist/console/index.html', 'dist/console/index.html.gz']));
  const compiled = ['dist/libs/pkcs11/decryption-threads.node', 'dist/libs/idle-memory/idle-memory.node'];
  expect(files).toEqual(expect.arrayContaining(compiled));
  const packages = readdirSync(join(tree, 'node_modules'));
  expect(packages).toEqual(expect.arrayContaining(['fastify', 'better-sqlite3', 'pkcs11js']));
  expect(
    packages.filter(name => ['typescript', 'jest', 'eslint', 'node-gyp', '.cache', 'vite', 'react'].includes(name)),
  ).toEqual([]);
});

it('can be written by nobody', () => {
  const writable = ['', ...filesOf(tree)].filter(file => (lstatSync(join(tree, file)).mode & 0o222) !== 0);
  expect(writable).toEqual([]);
});

it('lists its packages in a CycloneDX bill of materials', () => {
  const { bomFormat, components } = JSON.parse(readFileSync(join(tree, 'sbom.cdx.json'), 'utf8')) as {
    bomFormat: string;
    components: { name: string; version: string }[];
  };
  expect(bomFormat).toBe('CycloneDX');
  const names = components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['fastify', '@nestjs/core', 'pkcs11js']));
  expect(names).not.toContain('jest');
});

it('is copied into the image by a Dockerfile that runs the same script', () => {
  const dockerfile = readFileSync(join(repository, 'deploy/Dockerfile'), 'utf8');
  expect(dockerfile).toContain('RUN deploy/build-tree.sh /opt/recording-crypto-server');
  const finalStage = dockerfile.slice(dockerfile.indexOf('AS runtime'), dockerfile.indexOf('AS softhsm'));
  expect(finalStage).toMatch(/^USER 65532:65532$/m);
  expect(finalStage).not.toMatch(/apt-get|npm (ci|install)|g\+\+/);
});

it.each(['playback-gateway', 'decrypt-worker', 'key-vault'])(
  'starts the %s by its name, which refuses to run without a configuration',
  async service => {
    const { status, error } = await ended(start(service));
    expect(status).toBe(78);
    expect(error).toMatch(new RegExp(`^${service}: option \\w+ is missing`));
  },
);

it('names the services there are when it is asked for another', async () => {
  expect(await ended(start('web-server'))).toEqual({
    status: 64,
    error: expect.stringContaining('playback-gateway, decrypt-worker, key-vault, rcsctl') as string,
  });
});

describe('a cluster that runs from the tree as an unprivileged user', () => {
  let cluster: ChildProcess;
  let ready: ReadyLine;

  beforeAll(async () => {
    // The media that the quickstart records belong to the repository, not to the image.
    await run('chmod', ['u+w', tree]);
    cpSync(join(repository, 'test/fixtures'), join(tree, 'test/fixtures'), { recursive: true });
    await run('chmod', ['-R', 'a+rX,a-w', tree]);
    cluster = start('rcsctl', 'quickstart', '--json', '--data-dir', join(home, 'data'));
    cluster.stderr?.pipe(process.stderr);
    if (cluster.stdout === null) throw new Error('the cluster has no standard output');
    for await (const line of createInterface({ input: cluster.stdout })) {
      ready = JSON.parse(line) as ReadyLine;
      break;
    }
  });

  afterAll(async () => {
    await endChild('the cluster', cluster, 'SIGTERM', 120_000);
  });

  it('plays a recording byte for byte', async () => {
    const { gateway, caFile, users, recordings } = ready;
    const [user] = users;
    const auth = `${user?.name}:${user?.password}`;
    const media = await new Promise<Buffer>((resolve, reject) => {
      get(`${gateway}/api/v2${recordings[0]?.playPath}`, { ca: readFileSync(caFile), auth, agent: false }, answer => {
        buffer(answer).then(resolve, reject);
      }).on('error', reject);
    });
    const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect(digest(media)).toBe(digest(readFileSync(join(repository, 'test/fixtures/call.mp3'))));
  });

  it.each(['playback-gateway', 'key-vault', 'decrypt-worker-1', 'decrypt-worker-2'])(
    'runs the %s from the tree, without privileges and capabilities',
    service => {
      const pid = processIdOf(service, ready.dataDir);
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      expect(command[1]).toBe(join(tree, 'dist/apps', service.replace(/-\d$/, ''), 'main.js'));
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const expectedId = isRoot ? userId : process.getuid?.();
      expect(status).toMatch(new RegExp(`^Uid:\\s+${expectedId}\\s+${expectedId}\\s`, 'm'));
      expect(status).toMatch(/^CapEff:\s+0+$/m);
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    },
  );
});
