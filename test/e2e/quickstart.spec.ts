import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { endingWithUs } from '#platform';
import { processesBelow } from '../cluster/processes-below.js';
import type { ReadyLine } from '../cluster/running-cluster.js';
import { curl } from './strangers.js';

jest.setTimeout(180_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-quickstart-'));
const dataDirectory = join(work, 'data');

type Npm = ChildProcessByStdio<null, Readable, null>;

let running: Npm | undefined;

afterEach(async () => {
  running?.kill('SIGTERM');
  await untilNothingRuns();
});

afterAll(() => {
  for (const directory of [storedFiles(), work]) rmSync(directory, { recursive: true, force: true });
});

/** The temporary directory is closed to the account of Apache, as root's home is: stored files lie elsewhere. */
function storedFiles(): string {
  const configuration = readFileSync(join(dataDirectory, 'webdav/httpd.conf'), 'utf8');
  return /^DocumentRoot "(.+)"$/m.exec(configuration)![1]!;
}

/** The command of the README, given to a shell by npm. */
function quickstart(): { readonly npm: Npm; readonly exited: Promise<number | null> } {
  const args = ['run', '--silent', 'quickstart', '--', '--json', '--data-dir', dataDirectory];
  const npm = spawn(...endingWithUs('npm', args), { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] });
  running = npm;
  return { npm, exited: new Promise(resolve => npm.once('exit', code => resolve(code))) };
}

async function readyLine(npm: Npm): Promise<ReadyLine> {
  for await (const line of createInterface({ input: npm.stdout })) return JSON.parse(line) as ReadyLine;
  throw new Error('quickstart ended before it was ready');
}

async function untilNothingRuns(): Promise<void> {
  while (processesBelow(dataDirectory).length > 0) await new Promise(resolve => setTimeout(resolve, 50));
}

async function play({ gateway, caFile, users, recordings }: ReadyLine): Promise<Buffer> {
  const { name, password } = users[0]!;
  const url = `${gateway}/api/v2${recordings[0]!.playPath}`;
  return (await curl('--cacert', caFile, '--user', `${name}:${password}`, url)).body;
}

it('plays the demo, ends with all its processes when npm gets SIGTERM, and starts again with the same data', async () => {
  const first = quickstart();
  const firstReady = await readyLine(first.npm);
  expect((await play(firstReady)).equals(readFileSync(join(repository, 'test/fixtures/call.mp3')))).toBe(true);
  expect(processesBelow(dataDirectory).length).toBeGreaterThan(6);
  first.npm.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  await untilNothingRuns();

  const second = quickstart();
  const secondReady = await readyLine(second.npm);
  expect(secondReady).toEqual(firstReady);
  expect((await play(secondReady)).equals(readFileSync(join(repository, 'test/fixtures/call.mp3')))).toBe(true);
});

it('ends with all its processes when nobody can read what it says', async () => {
  const { npm, exited } = quickstart();
  npm.stdout.destroy();
  expect(await exited).toBe(0);
  await untilNothingRuns();
});

it('ends with all its processes when it is killed and cannot tidy up', async () => {
  const { npm, exited } = quickstart();
  await readyLine(npm);
  process.kill(Number(readFileSync(join(dataDirectory, 'quickstart.pid'), 'utf8')), 'SIGKILL');
  expect(await exited).not.toBe(0);
  await untilNothingRuns();
});
