import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { endingWithUs } from '#platform';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { ownContactCenter } from '#test/cluster/own-contact-center.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { WatchedProxy } from '#test/cluster/watched-proxy.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { recordingEncryption } from '../../apps/rcsctl/src/recorder/encrypt-recording.js';
import { plaintextOf } from '../../apps/rcsctl/src/recorder/plaintext.js';
import { resultOf, type CommandResult } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const program = join(repository, 'dist/apps/rcsctl/main.js');
const work = mkdtempSync(join(tmpdir(), 'rcs-encrypt-stored-'));
let cluster: RunningCluster;
let client: CurlClient;
let webdav: WatchedProxy;
let gateway: WatchedProxy;

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  client = new CurlClient(cluster, work);
  const { ready } = cluster;
  writeFileSync(join(work, 'alice.password'), personOf(ready, 'alice').password);
  writeFileSync(join(work, 'webdav.password'), ready.webdav.password);
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

const storedIn = (folder: string): string =>
  join(cluster.ready.dataDir, 'webdav/files/recordings', cluster.ready.webdav.folder ?? '', folder);
const filesIn = (folder: string): string[] => readdirSync(storedIn(folder)).sort();
const pathOf = (name: string): string => `${cluster.ready.webdav.folder ?? ''}${name}`;

/** A plain file of the storage. */
function store(name: string, bytes = 300_000): Buffer {
  const media = Buffer.concat([Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt ', 'latin1'), randomBytes(bytes)]);
  const folder = join(storedIn(name), '..');
  mkdirSync(folder, { recursive: true });
  // The server is another account.
  chmodSync(folder, 0o777);
  writeFileSync(storedIn(name), media);
  return media;
}

let recordings = 0;
/** A recording with a plain file; where it plays, and what. */
async function plainRecording(name: string, bytes?: number): Promise<{ playPath: string; media: Buffer }> {
  const media = store(name, bytes);
  const mediaDescriptor = { storage: 'webDAV', path: pathOf(name) };
  const playPath = await client.inserted(`stored-${recordings++}`, {
    mediaId: name.replaceAll('/', '-'),
    type: 'audio/wav',
    size: String(media.length),
    mediaDescriptor,
  });
  return { playPath, media };
}

function startRun(...options: readonly string[]): ChildProcess {
  const { ready } = cluster;
  const certificate = ready.certificates[0]!;
  const parameters = [
    ...['record', '--json', '--gateway', gateway.url(ready.gateway), '--ca', ready.caFile],
    ...['--user', personOf(ready, 'alice').name, '--password-file', join(work, 'alice.password')],
    ...['--contact-center', ready.contactCenter, '--webdav', webdav.url(ready.webdav.url)],
    ...['--webdav-user', ready.webdav.user, '--webdav-password-file', join(work, 'webdav.password')],
    ...['--certificate', `${certificate.alias}=${certificate.file}`, ...options],
  ];
  return spawn(...endingWithUs(process.execPath, [program, ...parameters]));
}
const run = (...options: readonly string[]): Promise<CommandResult> => resultOf(startRun(...options));

type Line = Readonly<Record<string, unknown>>;
const linesOf = ({ stdout }: CommandResult): Line[] =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Line);
const of = (lines: readonly Line[], event: string): unknown[] =>
  lines.filter(line => line['event'] === event).map(line => line['file']);

async function expectToPlay({ playPath, media }: { playPath: string; media: Buffer }): Promise<void> {
  const { status, body } = await client.play(playPath);
  expect({ status, same: body.equals(media) }).toEqual({ status: 200, same: true });
}

async function mediaFileOf(playPath: string): Promise<Line> {
  const id = /recordings\/([^/]+)\//.exec(playPath)![1]!;
  const { body } = await client.get(`/api/v2/recordings/${id}`);
  return (JSON.parse(body.toString()) as { mediaFiles: Line[] }).mediaFiles[0]!;
}

/** Those whose encryption was killed. */
const killed: { playPath: string; media: Buffer }[] = [];

it.each<[string, RegExp, 'before' | 'after', 'at the storage' | 'at the gateway next']>([
  ['the plain file is read', /^(?:GET|HEAD) \S*call\.wav /m, 'before', 'at the storage'],
  ['the new file is being stored', /^PUT /m, 'after', 'at the storage'],
  ['the new file is read back', /^GET \S*\.bin /m, 'before', 'at the storage'],
  ['the switch is asked for', /^GET \S*\.bin /m, 'before', 'at the gateway next'],
  ['the switch is under way', /^GET \S*\.bin /m, 'after', 'at the gateway next'],
])('killed when %s, it leaves what plays', async (_, pattern, when, where) => {
  const name = `killed-${killed.length}`;
  const recording = await plainRecording(`${name}/call.wav`, 2_000_000);
  const child = startRun('--stored', pathOf(`${name}/`));
  const ended = resultOf(child);
  let isReached = false;
  const kill = (): boolean => {
    if (when === 'before') child.kill('SIGKILL');
    else setTimeout(() => child.kill('SIGKILL'), 15);
    return when === 'after';
  };
  webdav.watch = ({ direction, bytes }) => {
    if (direction === 'answer' || !pattern.test(bytes.toString('latin1'))) return true;
    isReached = true;
    return where === 'at the storage' ? kill() : true;
  };
  // What passes there is encrypted: it is the first that is asked after the file was read back.
  gateway.watch = ({ direction }) => (direction === 'answer' || !isReached ? true : kill());
  const { status } = await ended;
  expect({ isReached, status }).toEqual({ isReached: true, status: -1 });
  for (const proxy of [webdav, gateway]) proxy.watch = () => true;
  killed.push(recording);
  await expectToPlay(recording);
});

it('encrypts folders in place, finishes what was killed, leaves no orphan, and has nothing to do the next time', async () => {
  const names = killed.map((_, index) => `killed-${index}`);
  const one = await plainRecording('spool/one.wav');
  const two = await plainRecording('spool/2026/two & three.wav', 3_000_000);
  store('spool/nobodys.wav', 100);
  const folders = ['spool', ...names].map(name => pathOf(`${name}/`));
  const asked = linesOf(await run('--stored', ...folders, '--dry-run'));
  expect(of(asked, 'would-encrypt')).toEqual(
    expect.arrayContaining([pathOf('spool/one.wav'), pathOf('spool/2026/two & three.wav')]),
  );
  expect(filesIn('spool')).toEqual(['2026', 'nobodys.wav', 'one.wav']);

  const first = await run('--list', listOf(folders));
  const lines = linesOf(first);
  expect({ status: first.status, failed: of(lines, 'failed') }).toEqual({ status: 0, failed: [] });
  expect(of(lines, 'unnamed')).toEqual([pathOf('spool/nobodys.wav')]);
  expect(lines.at(-1)).toMatchObject({ event: 'summary', unnamed: 1, failed: 0, left: 0 });
  const encrypted = (name: string): unknown => expect.stringMatching(new RegExp(`^${name}\\.[0-9a-f]{16}\\.bin$`));
  const isAlone = (name: string): boolean => filesIn(name).length === 1;
  await waitFor('what the killed ones left to go', () => names.every(isAlone));
  for (const name of names) expect(filesIn(name)).toEqual([encrypted('call.wav')]);
  expect(filesIn('spool')).toEqual(['2026', 'nobodys.wav', encrypted('one.wav')]);
  expect(filesIn('spool/2026')).toEqual([encrypted('two & three.wav')]);
  for (const recording of [one, two, ...killed]) {
    await expectToPlay(recording);
    expect((await mediaFileOf(recording.playPath))['certAlias']).toEqual([cluster.ready.certificates[0]!.alias]);
  }
  const stored = readFileSync(join(storedIn('spool/2026'), filesIn('spool/2026')[0]!));
  expect(stored.includes(two.media.subarray(1000, 1100))).toBe(false);

  const again = linesOf(await run('--stored', ...folders));
  expect(again.at(-1)).toMatchObject({ encrypted: 0, 'encrypted-already': names.length + 2, unnamed: 1, failed: 0 });
  const [, id = ''] = /recordings\/([^/]+)\//.exec(one.playPath)!;
  const audited = (await client.get(`/rcs/audit?recording=${id}&limit=100`)).body.toString();
  expect(audited).toMatch(/"media-encryption"[^}]*"done"|"done"[^}]*"media-encryption"/);
});

function listOf(paths: readonly string[]): string {
  const file = join(work, 'list');
  writeFileSync(file, `${paths.join('\n')}\n`);
  return file;
}

describe('who may, and what with', () => {
  const send = async (method: string, path: string, json: object, who: string[]): Promise<Line> => {
    const body = ['-H', 'Content-Type: application/json', '--data-binary', JSON.stringify(json)];
    const answer = await curl(...who, '--request', method, ...body, `${cluster.ready.gateway}${path}`);
    return { status: answer.status, ...(JSON.parse(answer.body.toString()) as Line) };
  };
  const asRecorder = (): string[] => {
    const { ops, caFile } = cluster.ready;
    return ['--cacert', caFile, '--user', `${ops.name}:${ops.password}`];
  };
  const askedOf = async (name: string) => {
    const { playPath, media } = await plainRecording(name);
    const [, recordingId = ''] = /recordings\/([^/]+)\//.exec(playPath)!;
    return { playPath, media, asked: { recordingId, mediaId: name.replaceAll('/', '-'), path: pathOf(name) } };
  };

  it('is an administrator of the contact center, neither the recorder nor another one', async () => {
    const { asked } = await askedOf('who/call.wav');
    mkdirSync(join(work, 'other'));
    const other = await ownContactCenter(cluster.ready, join(work, 'other'));
    const theirs = new CurlClient({ ...cluster, ready: other }, join(work, 'other'));
    const path = '/rcs/media-encryptions';
    expect(await send('POST', path, asked, asRecorder())).toMatchObject({ status: 403 });
    expect(await send('POST', path, asked, client.asUser('bob'))).toMatchObject({ status: 403 });
    const foreign = await send('POST', path, asked, theirs.asUser('alice'));
    expect(foreign).toMatchObject({ status: 404, code: 'RCS_RECORDING_NOT_FOUND' });
    const look = await send('POST', `${path}/places`, { paths: [asked.path] }, theirs.asUser('alice'));
    expect(JSON.stringify(look)).not.toContain(asked.recordingId);
    expect(await send('POST', path, { ...asked, path: 'elsewhere.wav' }, client.asUser('alice'))).toMatchObject({
      status: 409,
      code: 'RCS_MEDIA_NOT_PLAIN',
    });
  });

  it('puts no other recording in the place of one, and none where nobody planned it', async () => {
    const victim = await askedOf('swap/victim.wav');
    const alice = client.asUser('alice');
    const [certificate] = cluster.ready.certificates;
    const { alias, file } = certificate!;
    const encrypt = recordingEncryption({
      layout: 'detached',
      certificates: [{ alias, pem: readFileSync(file, 'utf8') }],
    });
    const switchTo = async (newPath: string, media: Buffer) => {
      const { stored, envelope } = encrypt(plaintextOf(media));
      writeFileSync(storedIn(`swap/${newPath.split('/').at(-1)}`), await buffer(stored));
      const pkcs7 = envelope!.toString('base64');
      return send('PUT', '/rcs/media-encryptions', { ...victim.asked, newPath, pkcs7, certAlias: [alias] }, alice);
    };
    const planned = await send('POST', '/rcs/media-encryptions', victim.asked, alice);
    const swapped = await switchTo(String(planned['newPath']), store('swap/another.wav'));
    expect(swapped).toMatchObject({ status: 422, code: 'RCS_PLAINTEXT_DIFFERS' });
    const elsewhere = await switchTo(pathOf('swap/elsewhere.bin'), victim.media);
    expect(elsewhere).toMatchObject({ status: 409, code: 'RCS_ENCRYPTION_OVERTAKEN' });
    await expectToPlay(victim);
    expect((await mediaFileOf(victim.playPath))['certAlias']).toBeUndefined();
    const audited = await client.get(`/rcs/audit?recording=${victim.asked.recordingId}&limit=100`);
    expect(audited.body.toString()).toContain('"outcome":"failed"');
  });
});
