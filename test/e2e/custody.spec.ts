import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { answerOf } from '#test/waiting/wait-for.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';
import { splitEnvelope } from './split-envelope.js';
import { StoredEnvelopes } from './stored-envelopes.js';

jest.setTimeout(240_000);

interface Report {
  readonly status: {
    readonly mediaFiles: number;
    readonly neverProved: number;
    readonly outcomes: Readonly<Record<string, number>>;
  };
  readonly proved: { readonly mediaFiles: number; readonly failed: number };
  readonly sample?: { readonly failingAtMost: number };
  readonly failures: readonly { readonly recording: string; readonly outcome: string; readonly code: string }[];
}

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-custody-'));
let cluster: RunningCluster;
let client: CurlClient;
let envelopes: StoredEnvelopes;
let media: Buffer;

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'));
  client = new CurlClient(cluster, work);
  envelopes = new StoredEnvelopes(client, 'custody');
  media = (await client.play(cluster.ready.recordings[0]!.playPath)).body;
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function command(...parameters: readonly string[]) {
  const { caFile, dataDir, gateway, users } = cluster.ready;
  const administrator = users.find(({ roles }) => roles.includes('admin')) ?? users[0]!;
  const file = client.write('password', Buffer.from(administrator.password));
  const access = ['--gateway', gateway, '--ca', caFile, '--user', administrator.name, '--password-file', file];
  const { status, stdout, stderr } = await rcsctl(repository, dataDir, [...parameters, ...access, '--json']);
  if (stdout === '') throw new Error(stderr);
  return { status, report: JSON.parse(stdout) as Report };
}

/** For somebody whose key nobody here has. */
async function stranger(): Promise<string> {
  const [certificate, key] = [client.file('stranger.pem'), client.file('stranger.key')];
  const subject = ['-subj', '/CN=stranger', '-days', '30', '-keyout', key, '-out', certificate];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject);
  return certificate;
}

async function detached(name: string, recipient: string): Promise<Buffer> {
  const der = await envelopes.encrypt(media, '-aes256', '-outform', 'DER', '-recip', recipient);
  const { envelope, ciphertext } = splitEnvelope(der);
  await client.put(name, ciphertext);
  const file = { mediaId: `${name}.mp3`, mediaDescriptor: client.stored(name), pkcs7: envelope.toString('base64') };
  await client.inserted(name, file);
  return ciphertext;
}

async function indexed(): Promise<void> {
  const status = async (): Promise<{ mediaFiles: number; proved: number }> =>
    JSON.parse((await client.get('/rcs/recordings/index-status')).body.toString()) as never;
  const patience = { patienceMs: 60_000 };
  await answerOf('the index', status, ({ mediaFiles, proved }) => proved === mediaFiles, patience);
}

const failuresOf = ({ failures }: Report): string[] =>
  failures.map(({ recording, outcome, code }) => `${recording} ${outcome} ${code}`).sort();

it('says of every recording whether its key, its storage and its content are there, cold and warm', async () => {
  const ciphertext = await detached('CHANGED', client.certificateFile);
  await detached('GONE', client.certificateFile);
  await detached('STRANGE', await stranger());
  await detached('GOOD', client.certificateFile);
  await indexed();
  const before = await command('custody', 'status');
  expect(before.report.status.neverProved).toBe(before.report.status.mediaFiles);
  const whole = await command('custody', 'report');
  expect(failuresOf(whole.report)).toEqual([`${client.recordingId('STRANGE')} key-missing RCS_KEY_NOT_FOUND`]);
  expect(whole.report.status).toMatchObject({ neverProved: 0 });
  // Warm: what workers still have open from a playback proves nothing.
  for (const name of ['CHANGED', 'GONE']) {
    const { body } = await client.get(`/api/v2/recordings/${client.recordingId(name)}`);
    const { mediaFiles } = JSON.parse(body.toString()) as { mediaFiles: { playPath: string }[] };
    expect((await client.play(mediaFiles[0]!.playPath)).status).toBe(200);
  }
  const last = ciphertext.length - 20;
  await client.put('CHANGED', Buffer.concat([ciphertext.subarray(0, last), Buffer.alloc(20, 7)]));
  const { url, user, password } = cluster.ready.webdav;
  await curl('--user', `${user}:${password}`, '-X', 'DELETE', `${url}/${client.stored('GONE').path}`);
  const again = await command('custody', 'report');
  expect(again.report.proved.mediaFiles).toBe(0);
  const anew = await command('custody', 'report', '--max-age', '0');
  expect(anew.status).toBe(1);
  expect(failuresOf(anew.report)).toEqual([
    `${client.recordingId('CHANGED')} damaged RCS_CONTENT_CHANGED`,
    `${client.recordingId('GONE')} storage-missing RCS_STORAGE_FILE_MISSING`,
    `${client.recordingId('STRANGE')} key-missing RCS_KEY_NOT_FOUND`,
  ]);
  expect(anew.report.proved).toMatchObject({ mediaFiles: whole.report.status.mediaFiles, failed: 3 });
});

it('says of a sample what it says of all', async () => {
  const all = await command('custody', 'report', '--max-age', '0', '--sample', '1000000', '--seed', 'x');
  expect(all.report.sample?.failingAtMost).toBeGreaterThan(0);
  expect(all.report.proved.mediaFiles).toBe(all.report.status.mediaFiles);
  const few = await command('custody', 'report', '--max-age', '0', '--sample', '2', '--seed', 'x');
  expect(few.report.proved.mediaFiles).toBeLessThan(all.report.proved.mediaFiles);
});

it('shows the numbers to Prometheus', async () => {
  const text = async (): Promise<string> =>
    (await fetch(`${cluster.ready.management.gateway}/metrics`, { signal: AbortSignal.timeout(5000) })).text();
  const counted = (state: string): RegExp => new RegExp(`rcs_custody_media_files\\{state="${state}"[^\\n]*\\} 1\\n`);
  const isShown = (page: string): boolean => ['key-missing', 'damaged'].every(state => counted(state).test(page));
  await answerOf('the gauges', text, isShown, { patienceMs: 90_000 });
});

it('is for administrators of certificates alone', async () => {
  const listener = personOf(cluster.ready, 'bob');
  const { caFile, gateway } = cluster.ready;
  const as = ['--cacert', caFile, '--user', `${listener.name}:${listener.password}`];
  for (const path of ['/rcs/custody', '/rcs/custody/media-files']) {
    expect((await curl(...as, `${gateway}${path}`)).status).toBe(403);
  }
});

it('explains every use of a key in the audit', async () => {
  const { dataDir } = cluster.ready;
  const { status, stdout, stderr } = await rcsctl(repository, dataDir, [
    'audit',
    'export',
    '--store',
    join(dataDir, 'store'),
  ]);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  writeFileSync(client.file('audit.jsonl'), stdout);
  const [journal = ''] = globSync(join(dataDir, '**/key-uses*.jsonl'));
  expect(readFileSync(journal, 'utf8')).toContain('decrypt-worker');
  const verified = await rcsctl(repository, dataDir, [
    ...['audit', 'verify-key-uses', journal, '--audit', client.file('audit.jsonl')],
  ]);
  expect(verified).toMatchObject({ status: 0 });
});
