import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endingWithUs } from '#platform';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { WatchedProxy, type Passing } from '#test/cluster/watched-proxy.js';
import { resultOf, type CommandResult } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const program = join(repository, 'dist/apps/rcsctl/main.js');
const work = mkdtempSync(join(tmpdir(), 'rcs-recorder-'));
const at = (name: string): string => join(work, name);
let cluster: RunningCluster;
let curlClient: CurlClient;
let webdav: WatchedProxy;
let gateway: WatchedProxy;

/** Everything that was ever recorded here, and where it plays. */
const recorded = new Map<string, Buffer>();

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  curlClient = new CurlClient(cluster, work);
  const { ready } = cluster;
  writeFileSync(at('ops.password'), ready.ops.password);
  writeFileSync(at('webdav.password'), ready.webdav.password);
  webdav = await WatchedProxy.before(ready.webdav.url);
  gateway = await WatchedProxy.before(ready.gateway);
});

afterEach(() => {
  for (const proxy of [webdav, gateway]) proxy.watch = () => true;
});

afterAll(async () => {
  await webdav?.stop();
  await gateway?.stop();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** A file of this name, each time in a directory of its own, with new content. */
let files = 0;
function mediaFile(name: string, bytes = 200_000): { readonly file: string; readonly media: Buffer } {
  const directory = at(`files-${files++}`);
  mkdirSync(directory);
  const media = randomBytes(bytes);
  writeFileSync(join(directory, name), media);
  return { file: join(directory, name), media };
}

/** Of the storage, this contact center's. */
const folder = (): string => cluster.ready.webdav.folder ?? '';

/** `rcsctl record` by way of both proxies. */
function startRecorder(file: string, ...options: readonly string[]): ChildProcess {
  const { ready } = cluster;
  const certificate = ready.certificates[0]!;
  const parameters = [
    ...['record', file, '--gateway', gateway.url(ready.gateway), '--ca', ready.caFile],
    ...['--contact-center', ready.contactCenter, '--ops-user', ready.ops.name],
    ...['--ops-password-file', at('ops.password'), '--webdav', webdav.url(ready.webdav.url)],
    ...['--webdav-user', ready.webdav.user, '--webdav-password-file', at('webdav.password')],
    ...(options.includes('--directory') ? [] : ['--directory', folder()]),
    ...(['plain', '--certificate'].some(option => options.includes(option))
      ? []
      : ['--certificate', `${certificate.alias}=${certificate.file}`]),
    ...options,
  ];
  return spawn(...endingWithUs(process.execPath, [program, ...parameters]));
}

const record = (file: string, ...options: readonly string[]): Promise<CommandResult> =>
  resultOf(startRecorder(file, '--json', ...options));

interface MediaFile {
  readonly mediaId: string;
  readonly playPath: string;
}

function mediaFileOf({ status, stdout, stderr }: CommandResult): MediaFile {
  if (status !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as { mediaFiles: MediaFile[] }).mediaFiles[0]!;
}

async function recordedWell(
  { file, media }: ReturnType<typeof mediaFile>,
  ...options: readonly string[]
): Promise<MediaFile> {
  const stored = mediaFileOf(await record(file, ...options));
  recorded.set(stored.playPath, media);
  return stored;
}

/** All, or the oldest few: playing everything after each step would take its time. */
async function expectAllToPlay(count = Infinity): Promise<void> {
  for (const [playPath, media] of [...recorded].slice(0, count)) {
    const { status, body } = await curlClient.play(playPath);
    expect({ playPath, status, same: body.equals(media) }).toEqual({ playPath, status: 200, same: true });
  }
}

/** Where a recording with this id plays; undefined where there is none. */
async function playPathOf(id: string): Promise<string | undefined> {
  const { status, body } = await curlClient.get(`/api/v2/recordings/${id}`);
  if (status === 404) return undefined;
  return (JSON.parse(body.toString()) as { mediaFiles: MediaFile[] }).mediaFiles[0]!.playPath;
}

function storedFiles(directory = folder()): string[] {
  const inside = join(cluster.ready.dataDir, 'webdav/files/recordings', directory);
  if (!existsSync(inside)) throw new Error(`the storage of the cluster is not ${inside}`);
  return readdirSync(inside);
}

it('gives each stored file a name of its own, in the form of Genesys RCS', async () => {
  const one = await recordedWell(mediaFile('call.mp3'));
  const other = await recordedWell(mediaFile('call.mp3'));
  const sales = `${folder()}sales/2026`;
  const third = await recordedWell(mediaFile('call.mp3'), '--layout', 'attached', '--directory', sales);
  expect(storedFiles(sales)).toEqual([`${third.mediaId}.bin`]);
  const names = [one, other, third].map(({ mediaId }) => mediaId);
  for (const name of names) {
    expect(name).toMatch(/^[0-9A-F]{32}_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-[0-9A-F]{8}-[0-9A-F]{8}-[0-9A-F]{8}\.mp3$/);
  }
  expect(new Set(names).size).toBe(3);
  await expectAllToPlay();
});

it('refuses an id that is taken before it stores anything, for the same content and another', async () => {
  const first = mediaFile('sameid.mp3');
  await recordedWell(first, '--id', 'SAMEID1');
  const before = storedFiles();
  for (const { file } of [first, mediaFile('sameid.mp3'), mediaFile('other.mp3')]) {
    const { status, stderr } = await record(file, '--id', 'SAMEID1');
    expect(status).toBe(1);
    expect(stderr).toContain(
      'a recording SAMEID1 exists already and stays as it is: leave --id out, or choose another',
    );
  }
  expect(storedFiles()).toEqual(before);
  await expectAllToPlay();
});

it('two at the same moment: different ids both play, of one id one plays and the other is told', async () => {
  const pair = [mediaFile('call.mp3'), mediaFile('call.mp3')] as const;
  await Promise.all(pair.map(each => recordedWell(each)));
  const rivals = [mediaFile('call.mp3'), mediaFile('call.mp3')] as const;
  const results = await Promise.all(rivals.map(({ file }) => record(file, '--id', 'RIVALS1')));
  const winners = rivals.filter((_, index) => results[index]?.status === 0);
  expect(winners).toHaveLength(1);
  const loser = results.find(({ status }) => status !== 0);
  expect(loser?.stderr).toContain('a recording RIVALS1 exists already');
  recorded.set((await playPathOf('RIVALS1'))!, winners[0]!.media);
  await expectAllToPlay();
});

it('says of a recording that nobody here can open why it may not play', async () => {
  const stranger = ['-keyout', at('stranger.key'), '-out', at('stranger.pem'), '-subj', '/CN=Stranger'];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', ...stranger);
  const { file } = mediaFile('stranger.mp3');
  const warning = 'mediaFiles.0.pkcs7: no recipient of the envelope is a certificate of the contact center';
  const certificate = ['--certificate', `stranger=${at('stranger.pem')}`];
  const text = await resultOf(startRecorder(file, ...certificate));
  expect(text).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^https:\S+\n$/),
    stderr: expect.stringMatching(`^rcsctl: warning: ${warning}`),
  });
  const { stdout } = await record(file, ...certificate);
  expect(JSON.parse(stdout)).toMatchObject({ warnings: [expect.stringContaining(warning)] });
});

it('stores a plain file as it is', async () => {
  const media = readFileSync(join(repository, 'test/fixtures/call.mp3'));
  const { file } = mediaFile('plain.mp3');
  writeFileSync(file, media);
  const stored = await recordedWell({ file, media }, '--layout', 'plain');
  expect(
    readFileSync(join(cluster.ready.dataDir, 'webdav/files/recordings', folder(), stored.mediaId)).equals(media),
  ).toBe(true);
  await expectAllToPlay();
});

it('holds no file in memory', async () => {
  /** The most that was resident, in KiB, while a file of this length was recorded. */
  const most = async (bytes: number): Promise<number> => {
    const file = at(`${bytes}.mp3`);
    writeFileSync(file, '');
    truncateSync(file, bytes);
    const child = startRecorder(file);
    let highest = 0;
    const watching = setInterval(() => {
      const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : '';
      highest = Math.max(highest, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0));
    }, 20);
    const { status } = await resultOf(child);
    clearInterval(watching);
    rmSync(file);
    expect(status).toBe(0);
    return highest;
  };
  const [small, large] = [await most(1_000_000), await most(200_000_000)];
  expect(large - small).toBeLessThan(100 * 1024);
});

interface Step {
  readonly name: string;
  readonly at: 'webdav' | 'gateway';
  readonly direction: Passing['direction'];
  readonly method: string;
  /** Whether what is seen goes on after the recorder has ended. */
  readonly passes: boolean;
}

const webdavStep = (method: string, direction: Passing['direction'], passes: boolean): Step => ({
  ...{ name: `${method} of the storage, ${direction}${passes ? ' passed' : ' lost'}`, at: 'webdav' },
  ...{ method, direction, passes },
});
const gatewayStep = (method: string, direction: Passing['direction'], passes: boolean): Step => ({
  ...{ name: `${method} of the gateway, ${direction}${passes ? ' passed' : ' lost'}`, at: 'gateway' },
  ...{ method, direction, passes },
});
const steps: readonly Step[] = [
  gatewayStep('first request', 'request', false),
  gatewayStep('first request', 'answer', true),
  webdavStep('HEAD', 'request', false),
  webdavStep('HEAD', 'answer', true),
  webdavStep('PUT', 'request', false),
  webdavStep('PUT', 'request', true),
  webdavStep('PUT', 'answer', true),
  webdavStep('GET', 'request', true),
  webdavStep('GET', 'answer', true),
  gatewayStep('insertion', 'request', false),
  gatewayStep('insertion', 'request', true),
  gatewayStep('insertion', 'answer', true),
];

/** Calls `reached` when the step is seen. TLS hides what goes to the gateway: the insertion comes after the reading back. */
function watchFor(step: Step, reached: () => void): void {
  let method = '';
  let readBack = false;
  webdav.watch = ({ direction, bytes }) => {
    method = /^([A-Z]{3,8}) \//.exec(bytes.toString('latin1', 0, 12))?.[1] ?? method;
    readBack ||= method === 'GET' && direction === 'answer';
    const isStep = step.at === 'webdav' && step.method === method && step.direction === direction;
    if (isStep) reached();
    return !isStep || step.passes;
  };
  let handshakes = 0;
  gateway.watch = ({ direction, bytes }) => {
    // Application data (RFC 8446, 5.1); Node's client sends its Finished in such a record, too.
    if (bytes[0] !== 0x17 && bytes[0] !== 0x14) return true;
    if (direction === 'request' && bytes[0] === 0x14) handshakes++;
    const wanted = step.method === 'insertion' ? readBack : !readBack;
    const isStep = step.at === 'gateway' && wanted && step.direction === direction && handshakes > 0;
    if (isStep) reached();
    return !isStep || step.passes;
  };
}

it.each(steps)('killed at $name, it has lost nothing, and the repetition works', async step => {
  const id = `KILLED${steps.indexOf(step)}`;
  const media = mediaFile('call.mp3', 1_000_000);
  const child = startRecorder(media.file, '--id', id);
  let wasReached = false;
  watchFor(step, () => {
    wasReached = true;
    child.kill('SIGKILL');
  });
  const killed = await resultOf(child);
  expect({ wasReached, status: killed.status }).toEqual({ wasReached: true, status: -1 });
  webdav.watch = gateway.watch = () => true;
  await expectAllToPlay(2);

  const repetition = await record(media.file, '--id', id);
  if (repetition.status !== 0) {
    expect(repetition.stderr).toContain(`a recording ${id} exists already`);
    expect(step.method).toBe('insertion');
  }
  recorded.set((await playPathOf(id))!, media.media);
  await expectAllToPlay(2);
});

it('asks again for the answer to an insertion that got lost', async () => {
  const lost: Step = { ...steps.at(-1)!, passes: false };
  let count = 0;
  watchFor(lost, () => count++);
  const inner = gateway.watch;
  gateway.watch = passing => (count > 0 ? true : inner(passing));
  await recordedWell(mediaFile('call.mp3'), '--id', 'LOSTANSWER');
  expect(count).toBe(1);
  await expectAllToPlay();
});

it('inserts nothing that the storage does not give back as it was sent', async () => {
  const { file } = mediaFile('call.mp3', 400_000);
  const id = 'GARBLED1';
  let method = '';
  webdav.watch = ({ direction, bytes }) => {
    method = /^([A-Z]{3,8}) \//.exec(bytes.toString('latin1', 0, 12))?.[1] ?? method;
    // Somewhere inside the body of the PUT, one bit.
    if (method === 'PUT' && direction === 'request' && bytes.length > 20_000) bytes[10_000]! ^= 1;
    return true;
  };
  const { status, stderr } = await record(file, '--id', id);
  expect(status).toBe(1);
  expect(stderr).toContain('the storage gives back something else than was sent to');
  expect(await playPathOf(id)).toBeUndefined();
  await expectAllToPlay();
});

it('stores nothing when the line is cut in the middle of a body', async () => {
  const { file } = mediaFile('call.mp3', 3_000_000);
  const before = storedFiles();
  let sent = 0;
  webdav.watch = ({ direction, bytes }) => {
    if (direction === 'request') sent += bytes.length;
    return sent < 1_000_000;
  };
  const { status } = await record(file, '--id', 'CUT1');
  expect(status).toBe(1);
  expect(await playPathOf('CUT1')).toBeUndefined();
  expect(storedFiles()).toEqual(before);
  await expectAllToPlay();
});

it('names what is wrong with a file before it stores anything', async () => {
  const before = storedFiles();
  const missing = await record(at('missing.mp3'));
  expect(missing).toMatchObject({ status: 1 });
  expect(missing.stderr).toContain(at('missing.mp3'));
  const directory = await record(work);
  expect(directory.stderr).toContain(`${work} is no file`);
  expect(storedFiles()).toEqual(before);
});

it('has lost nothing of all that was recorded here', () => expectAllToPlay());
