import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { endingWithUs } from '#platform';
import { processIdOf } from '#test/cluster/process-id.js';
import { processesBelow } from '#test/cluster/processes-below.js';
import type { ReadyLine } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { curl } from './external-tools.js';

jest.setTimeout(180_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-quickstart-'));
const dataDirectory = join(work, 'data');
const killedDirectory = join(work, 'killed');

type Npm = ChildProcessByStdio<null, Readable, Readable>;

let running: Npm | undefined;

afterEach(async () => {
  running?.kill('SIGTERM');
  await untilNothingRuns();
});

afterAll(() => {
  const stored = [dataDirectory, killedDirectory].map(storedFiles);
  for (const directory of [...stored, work]) rmSync(directory, { recursive: true, force: true });
});

/** The temporary directory is closed to the account of Apache, as root's home is: stored files lie elsewhere. */
function storedFiles(directory: string): string {
  const configuration = readFileSync(join(directory, 'webdav/httpd.conf'), 'utf8');
  return /^DocumentRoot "(.+)"$/m.exec(configuration)![1]!;
}

/** The command of the README, given to a shell by npm. */
function quickstart(directory = dataDirectory): { readonly npm: Npm; readonly exited: Promise<number | null> } {
  const args = ['run', '--silent', 'quickstart', '--', '--json', '--data-dir', directory];
  const npm = spawn(...endingWithUs('npm', args), { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  npm.stderr.pipe(process.stderr, { end: false });
  running = npm;
  return { npm, exited: new Promise(resolve => npm.on('exit', resolve)) };
}

async function readyLine(npm: Npm): Promise<ReadyLine> {
  for await (const line of createInterface({ input: npm.stdout })) return JSON.parse(line) as ReadyLine;
  throw new Error('quickstart ended before it was ready');
}

async function untilNothingRuns(directory = work): Promise<void> {
  await waitFor('the end of all processes', () => processesBelow(directory).length === 0);
}

async function play({ gateway, caFile, users, recordings }: ReadyLine): Promise<Buffer> {
  const { name, password } = users[0]!;
  const url = `${gateway}/api/v2${recordings[0]!.playPath}`;
  return (await curl('--cacert', caFile, '--user', `${name}:${password}`, url)).body;
}

/** What the README says of who sees and hears what. */
async function hasAWeek(ready: ReadyLine): Promise<void> {
  const as = (name: string, path: string) => {
    const { password } = ready.users.find(user => user.name === name)!;
    return curl('--cacert', ready.caFile, '--user', `${name}:${password}`, `${ready.gateway}/api/v2${path}`);
  };
  const seenBy = async (name: string): Promise<FoundRecording[]> => {
    const { body } = await as(name, '/recordings?startTime=2020-01-01T00:00:00Z');
    return (JSON.parse(body.toString()) as { recordings: FoundRecording[] }).recordings;
  };
  const all = await seenBy('alice');
  expect(all).toHaveLength(22);
  const types = new Set(all.flatMap(({ mediaFiles }) => mediaFiles.map(({ type }) => type)));
  expect([...types].sort()).toEqual(['audio/mp3', 'text/vtt', 'video/mp4']);
  expect(all.filter(({ nonDelete }) => nonDelete)).toHaveLength(1);
  expect(all.filter(({ onHold }) => onHold)).toHaveLength(1);
  expect(all.filter(({ labels }) => labels.length > 0).length).toBeGreaterThan(5);
  const [sales, support, own] = await Promise.all(['bob', 'grace', 'carol'].map(seenBy));
  // The calls that were put through are of both.
  expect([sales!.length, support!.length, own!.length]).toEqual([12, 12, 7]);
  const expired = support!.find(({ mediaFiles }) => mediaFiles[0]!.certAlias?.includes('demo-expired'));
  const [of, leaf] = [expired!.mediaFiles[0]!.playPath, own![0]!.mediaFiles[0]!.playPath];
  expect([(await as('grace', of)).status, (await as('bob', of)).status]).toEqual([200, 403]);
  expect((await as('carol', leaf)).status).toBe(403);
}

interface FoundRecording {
  readonly labels: readonly unknown[];
  readonly nonDelete: boolean;
  readonly onHold: boolean;
  readonly mediaFiles: readonly {
    readonly type: string;
    readonly playPath: string;
    readonly certAlias?: readonly string[];
  }[];
}

it('plays the demo, ends with all its processes when npm gets SIGTERM, and starts again with the same data', async () => {
  const first = quickstart();
  const firstReady = await readyLine(first.npm);
  await hasAWeek(firstReady);
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

it('says each step with the time since the start, although nobody watches, and links rcsctl', async () => {
  const { npm } = quickstart();
  const said: string[] = [];
  createInterface({ input: npm.stderr }).on('line', line => said.push(line));
  await readyLine(npm);
  const steps = said.flatMap(line => /^\[ *(\d+\.\d) s\] (.+)$/.exec(line)?.slice(1) ?? []);
  expect(steps).toContain('Starting key vault, decrypt workers and gateway');
  expect(steps).toContain('Recording and playing the demo');
  const times = steps.filter((_, index) => index % 2 === 0).map(Number);
  expect(times).toEqual([...times].sort((one, other) => one - other));
  const { stdout } = spawnSync('npx', ['--no-install', 'rcsctl', '--version'], { cwd: repository, encoding: 'utf8' });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
});

it('starts a gateway and a worker again that were killed, says so, and plays', async () => {
  const { npm } = quickstart();
  const said: string[] = [];
  createInterface({ input: npm.stderr }).on('line', line => said.push(line));
  const ready = await readyLine(npm);
  const killed = ['playback-gateway', 'decrypt-worker-1'];
  const before = killed.map(service => processIdOf(service, dataDirectory));
  before.forEach(pid => process.kill(pid, 'SIGKILL'));
  await waitFor('both to run again', () => {
    expect(npm.exitCode).toBeNull();
    return killed.every(service => said.includes(`${service} runs again`));
  });
  for (const service of killed) {
    const line = said.find(text => text.startsWith(`${service} ended`));
    expect(line).toBe(`${service} ended: signal SIGKILL; it is started again in 0.5 s (try 1 of 5)`);
  }
  expect(killed.map(service => processIdOf(service, dataDirectory))).not.toEqual(before);
  expect((await play(ready)).equals(readFileSync(join(repository, 'test/fixtures/call.mp3')))).toBe(true);
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

it('starts and plays after its first start was killed as soon as it had made its key', async () => {
  const { exited } = quickstart(killedDirectory);
  const hasMadeItsKey = (): boolean => existsSync(join(killedDirectory, 'certificates/demo.pem'));
  await waitFor('the key', hasMadeItsKey, { pollMs: 5 });
  spawnSync('kill', ['-KILL', ...processesBelow(killedDirectory).map(String)]);
  await exited;
  await untilNothingRuns();
  const ready = await readyLine(quickstart(killedDirectory).npm);
  expect((await play(ready)).equals(readFileSync(join(repository, 'test/fixtures/call.mp3')))).toBe(true);
});
