import { randomBytes, randomInt, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyArchive } from '#archive';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { bytesOf } from '#test/archives/made-archives.js';
import { ArchiveJobsClient } from './archive-jobs-client.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';
import { archiveContents, archiveOfOthers, type ArchiveContents } from './signed-archives.js';
import { splitEnvelope } from './split-envelope.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-archive-in-process-'));
/** Of more than one window, and more than one piece. */
const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(3_000_000)]);
const forms = ['detached', 'attached'] as const;
let cluster: RunningCluster;
let client: CurlClient;
let jobs: ArchiveJobsClient;
let original: ArchiveContents;

/** One gateway, with the only worker in it. */
beforeAll(async () => {
  const inProcess = { RCS_SERVER_SETTINGS__DELIVERY: 'in-process' };
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), inProcess);
  client = new CurlClient(cluster, work);
  jobs = new ArchiveJobsClient(cluster, client);
  const files = ['-in', client.write('media', media), '-outform', 'DER', '-out', client.file('whole.der')];
  await openssl('cms', '-encrypt', '-binary', '-aes-256-cbc', ...files, '-recip', client.certificateFile);
  const whole = readFileSync(client.file('whole.der'));
  const { envelope, ciphertext } = splitEnvelope(whole);
  await client.put('detached.mp3', ciphertext);
  const detached = { mediaId: 'detached.mp3', mediaDescriptor: client.stored('detached.mp3') };
  await client.inserted('detached', { ...detached, pkcs7: envelope.toString('base64') });
  await client.put('attached.mp3', whole);
  await client.inserted('attached', { mediaId: 'attached.mp3', mediaDescriptor: client.stored('attached.mp3') });
  await client.put('plain', media);
  await client.insertedFile('plain');
  original = await archiveContents(client, cluster.ready.gateway, [...forms]);
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const command = (...args: readonly string[]) => rcsctl(join(cluster.ready.dataDir, 'rcsctl.yaml'), 'archive', ...args);
const authority = (): string[] => ['--authority', cluster.ready.caFile];

/** Whole, and from a place of chance. */
async function plays(id: string): Promise<void> {
  const resource = await client.get(`/api/v2/recordings/${id}`);
  const [file] = (JSON.parse(resource.body.toString()) as { mediaFiles: { playPath: string }[] }).mediaFiles;
  const whole = await client.play(file!.playPath);
  expect([id, whole.status, whole.body.equals(media)]).toEqual([id, 200, true]);
  const first = randomInt(media.length);
  const rest = await client.play(file!.playPath, '--range', `${first}-`);
  expect([id, first, rest.status, rest.body.equals(media.subarray(first))]).toEqual([id, first, 206, true]);
}

/** The archive, of recordings that nobody has. */
async function ofOthers(name: string): Promise<Buffer> {
  return archiveOfOthers(cluster, original, new Map(forms.map(form => [form, `${name}-${form}`])));
}

describe('a gateway with the only worker in its process', () => {
  it('makes archives that are verified, also of plain media', async () => {
    const zip = client.file('made.zip');
    const ids = ['--recording', ...forms, 'plain', '--encrypt-plain-for', 'demo'];
    expect(await command('create', '--to', zip, '--reason', 'kept', ...ids)).toMatchObject({ status: 0, stderr: '' });
    expect(await command('verify', zip, '--ca', cluster.ready.caFile)).toMatchObject({ status: 0, stderr: '' });
  });

  it('makes them by jobs, in parts, and gives them from any byte on', async () => {
    const id = await jobs.begin({ recordings: [...forms] }, { recordings: 1 });
    const job = await jobs.ended(id);
    expect(job.parts).toHaveLength(forms.length);
    for (const { number } of job.parts) {
      const { body } = await jobs.part(id, number);
      const certificates = [new X509Certificate(readFileSync(cluster.ready.caFile))];
      expect((await verifyArchive(bytesOf(body), certificates, new AbortController().signal)).manifest.mediaFiles).toBe(
        1,
      );
      const first = randomInt(body.length);
      const rest = await jobs.part(id, number, '--range', `${first}-`);
      expect([first, rest.status, rest.body.equals(body.subarray(first))]).toEqual([first, 206, true]);
    }
    expect(await jobs.stored()).toHaveLength(forms.length);
  });

  it('plays what is mounted, and lets it go', async () => {
    await client.put('mounted.zip', await ofOthers('mounted'));
    expect(await command('mount', 'mounted.zip', ...authority())).toMatchObject({ status: 0, stderr: '' });
    for (const form of forms) await plays(`mounted-${form}`);
    const password = client.write('ops.password', Buffer.from(cluster.ready.operations.password));
    const as = ['--user', cluster.ready.operations.name, '--password-file', password];
    expect(await command('unmount', 'mounted.zip', ...authority(), ...as)).toMatchObject({ status: 0, stderr: '' });
    expect((await client.get('/api/v2/recordings/mounted-detached')).status).toBe(404);
  });

  it('plays what was put back', async () => {
    const zip = client.write('restored.zip', await ofOthers('restored'));
    expect(await command('restore', zip, ...authority())).toMatchObject({ status: 0, stderr: '' });
    for (const form of forms) await plays(`restored-${form}`);
  });

  it('has no other worker', () => {
    expect(cluster.ready.management.workers).toEqual([]);
  });
});
