import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifestSchema, type ArchiveManifest } from '#archive';
import { envelopeAtHead } from '#cms';
import type { JournalRecord } from '#contracts';
import { personOf, startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { ArchiveJobsClient } from './archive-jobs-client.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';
import { archiveContents, archiveOfOthers } from './signed-archives.js';
import { splitEnvelope } from './split-envelope.js';

jest.setTimeout(240_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-archive-recipient-'));
const contactCenter = randomUUID();
const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(300_000)]);
/** As recorders and OpenSSL write them; `detached` has its envelope in the metadata. */
const forms: Readonly<Record<string, readonly string[]>> = {
  detached: ['-aes-256-cbc'],
  'detached-oaep': ['-keyopt', 'rsa_padding_mode:oaep', '-aes-128-cbc'],
  'detached-key-identifier': ['-keyid', '-aes-256-cbc'],
  attached: ['-aes-128-cbc'],
  'attached-streamed': ['-stream', '-aes-256-cbc'],
  'attached-oaep': ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256', '-aes-256-cbc'],
  'attached-key-identifier': ['-keyid', '-stream', '-aes-256-cbc'],
  'detached-gcm': ['-aes-256-gcm'],
  'attached-gcm': ['-keyid', '-aes-256-gcm'],
};
let cluster: RunningCluster;
let client: CurlClient;

beforeAll(async () => {
  const data = join(work, 'data');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, 'contact-center'), contactCenter);
  for (const name of ['legal', 'stranger']) {
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/O=Archive/CN=${name}`];
    await openssl(...request, '-keyout', join(work, `${name}.key`), '-out', join(work, `${name}.pem`));
  }
  const allowed = [{ contactCenter, certificateFiles: [join(work, 'legal.pem')] }];
  cluster = await startCluster(repository, data, { RCS_KEY_VAULT__ARCHIVE_RECIPIENTS: JSON.stringify(allowed) });
  client = new CurlClient(cluster, work);
  client.write('media', media);
  for (const [form, options] of Object.entries(forms)) await recorded(form, options);
  await client.put('plain', media);
  await client.insertedFile('plain');
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Encrypted by OpenSSL for a certificate whose key the token has. */
async function recorded(form: string, options: readonly string[]): Promise<void> {
  const files = ['-in', client.file('media'), '-outform', 'DER', '-out', client.file('whole.der')];
  await openssl('cms', '-encrypt', '-binary', ...files, '-recip', client.certificateFile, ...options);
  const whole = readFileSync(client.file('whole.der'));
  const stored = { mediaId: form, mediaDescriptor: client.stored(form), certAlias: ['demo'] };
  if (!form.startsWith('detached')) {
    await client.put(form, whole);
    await client.inserted(form, stored);
    return;
  }
  const { envelope, ciphertext } = splitEnvelope(whole);
  await client.put(form, ciphertext);
  await client.inserted(form, { ...stored, pkcs7: envelope.toString('base64') });
}

const configuration = (): string => join(cluster.ready.dataDir, 'rcsctl.yaml');
const certificate = (name: string): string => readFileSync(client.file(`${name}.pem`), 'utf8');

async function archive(request: object) {
  writeFileSync(client.file('request.json'), JSON.stringify({ reason: 'for the court', ...request }));
  const headers = ['--header', 'Content-Type: application/json', '--data-binary', `@${client.file('request.json')}`];
  return curl(...client.asUser('alice'), ...headers, `${cluster.ready.gateway}/rcs/archives`);
}

interface ArchivedFile {
  readonly certAlias?: readonly string[];
  readonly archive: { readonly file?: string; readonly opens?: string; readonly rewrapped?: boolean; leftOut?: string };
}

/** The archive, unpacked, and what its `recording.json` say of the one media file of each. */
function unpacked(zip: string) {
  const directory = mkdtempSync(join(work, 'unpacked-'));
  execFileSync('unzip', ['-q', zip, '-d', directory]);
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')));
  const documents = manifest.members.filter(({ path }) => path.endsWith('/recording.json'));
  const files = documents.map(({ path, recording }): [string, { folder: string; file: ArchivedFile }] => {
    const { mediaFiles } = JSON.parse(readFileSync(join(directory, path), 'utf8')) as { mediaFiles: ArchivedFile[] };
    return [recording!, { folder: dirname(join(directory, path)), file: mediaFiles[0]! }];
  });
  return { manifest, files: new Map(files) };
}

/** Types a command in the folder of a recording, KEY and OUT put in. */
function typed(command: string, folder: string, key: string): Buffer {
  const whole = command.replace('KEY', client.file(`${key}.key`)).replace('OUT', 'out');
  execFileSync('sh', ['-c', whole], { cwd: folder, stdio: 'pipe' });
  return readFileSync(join(folder, 'out'));
}

const literal = (file: string): string => `openssl smime -decrypt -inform DER -in ${file} -inkey KEY -out OUT`;
const ids = (): string[] => [...Object.keys(forms), 'plain'];

describe('an archive for a recipient of its own', () => {
  let manifest: ArchiveManifest;
  let files: ReturnType<typeof unpacked>['files'];

  beforeAll(async () => {
    const request = { recordings: ids(), recipientCertificate: certificate('legal'), plainMedia: 'encrypt' };
    const answer = await archive(request);
    expect([answer.status, answer.status === 200 ? '' : answer.body.toString()]).toEqual([200, '']);
    ({ manifest, files } = unpacked(client.write('archive.zip', answer.body)));
  });

  it.each([...Object.keys(forms), 'plain'])('opens %s with its private key and OpenSSL, byte for byte', form => {
    const { folder, file } = files.get(form)!;
    const [name] = readdirSync(folder).filter(one => one.endsWith('.bin'));
    const command = form.includes('gcm') ? literal(name!).replace('smime', 'cms') : literal(name!);
    expect(file.archive).toMatchObject({ file: name, opens: command });
    expect(typed(command, folder, 'legal').equals(media)).toBe(true);
    const bytes = readFileSync(join(folder, name!));
    const envelope = envelopeAtHead(bytes, bytes.length)!;
    expect([envelope.version, envelope.recipients.length, envelope.otherRecipientCount]).toEqual([0, 1, 0]);
    const { serialNumber } = new X509Certificate(certificate('legal'));
    const [{ identifier }] = envelope.recipients as [(typeof envelope.recipients)[0]];
    expect(identifier.type === 'issuer-and-serial-number' && identifier.serialNumber.toString('hex')).toContain(
      serialNumber.toLowerCase().replace(/^0+/, ''),
    );
  });

  it('says in the manifest for whom it is, and of each file that its envelope was re-wrapped', () => {
    const { fingerprint256 } = new X509Certificate(certificate('legal'));
    const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase();
    const subject = expect.stringContaining('legal') as string;
    const recipient = { fingerprint, subject };
    expect(manifest.recipient).toEqual({ ...recipient, rewrapped: Object.keys(forms).length });
    expect(manifest.selection).toMatchObject({ plainMedia: 'encrypt', recipient });
    expect(manifest.leftOut).toEqual([]);
    expect(JSON.stringify(manifest)).not.toContain('BEGIN CERTIFICATE');
    for (const form of Object.keys(forms))
      expect(files.get(form)!.file).toMatchObject({ archive: { rewrapped: true } });
    expect([...files.values()].map(({ file }) => file.certAlias).filter(Boolean)).toEqual([]);
    expect(files.get('plain')!.file.archive.rewrapped).toBeUndefined();
  });

  it('stands in the audit, which has a reason for every key that was used', async () => {
    const audit = await curl(...client.asUser('alice'), `${cluster.ready.gateway}/rcs/audit?recording=attached`);
    const { records } = JSON.parse(audit.body.toString()) as { records: readonly { event: string; detail?: string }[] };
    const { fingerprint } = manifest.recipient!;
    expect(records.find(({ event }) => event === 'archived')?.detail).toBe(
      `archive ${manifest.id}, re-wrapped for ${fingerprint}`,
    );
    const file = join(cluster.ready.dataDir, 'key-vault/key-uses.jsonl');
    const journal = readFileSync(file, 'utf8').trim().split('\n');
    const uses = journal.map(line => JSON.parse(line) as JournalRecord).filter(one => one.event === 'key-use');
    const rewraps = uses.filter(({ operation, run }) => operation === 'archive-rewrap' && run === manifest.id);
    expect(rewraps.map(({ recording, to }) => [recording, to])).toEqual(
      Object.keys(forms).map(form => [form, fingerprint]),
    );
    const exported = await rcsctl(configuration(), 'audit', 'export', '--store', join(cluster.ready.dataDir, 'store'));
    const audited = client.write('audit.jsonl', Buffer.from(exported.stdout));
    const verified = await rcsctl(configuration(), 'audit', 'verify-key-uses', file, '--audit', audited);
    expect([verified.status, verified.stderr]).toEqual([0, '']);
  });

  it('is mounted like another one, and needs no key of the recordings any more', async () => {
    const more = { recipientCertificate: certificate('legal') };
    const original = await archiveContents(client, cluster.ready.gateway, ['attached', 'detached'], more);
    const names = new Map([
      ['attached', 'mounted-attached'],
      ['detached', 'mounted-detached'],
    ]);
    await client.put('mounted.zip', await archiveOfOthers(cluster, original, names));
    const recordingsOfKey = async (): Promise<number> => {
      const answer = await client.get('/rcs/certificates/demo');
      return (JSON.parse(answer.body.toString()) as { recordings: number }).recordings;
    };
    const before = await recordingsOfKey();
    const options = ['--authority', cluster.ready.caFile, '--json'];
    const mounted = await rcsctl(configuration(), 'archive', 'mount', 'mounted.zip', ...options);
    expect([mounted.status, mounted.stderr]).toEqual([0, '']);
    expect(await recordingsOfKey()).toBe(before);
  });
});

describe('a job for a recipient of its own', () => {
  it('makes parts that open with its private key, and says in each for whom it is', async () => {
    const jobs = new ArchiveJobsClient(cluster, client);
    const recipient = { recipientCertificate: certificate('legal'), plainMedia: 'encrypt' };
    const id = await jobs.begin({ recordings: ids(), ...recipient }, { recordings: 4 });
    const job = await jobs.ended(id);
    expect([job.counts.recordings, job.leftOut]).toEqual([ids().length, []]);
    const opened: string[] = [];
    let rewrapped = 0;
    for (const { number } of job.parts) {
      const { manifest, files } = unpacked(client.write('part.zip', (await jobs.part(id, number)).body));
      rewrapped += manifest.recipient?.rewrapped ?? 0;
      for (const [recording, { folder, file }] of files) {
        expect(typed(file.archive.opens!, folder, 'legal').equals(media)).toBe(true);
        opened.push(recording);
      }
    }
    expect([opened.sort(), rewrapped]).toEqual([ids().sort(), Object.keys(forms).length]);
    const { body } = await jobs.ask('GET', 'audit?limit=100');
    expect(body.toString()).not.toContain('BEGIN CERTIFICATE');
  });

  it('is not begun for a certificate that the vault does not know', async () => {
    const jobs = new ArchiveJobsClient(cluster, client);
    const body = { reason: 'for the court', recordings: ['attached'], destination: { path: jobs.folder } };
    for (const [who, status, code] of [
      ['stranger', 403, 'RCS_ARCHIVE_RECIPIENT_REFUSED'],
      ['legal', 202, undefined],
    ] as const) {
      const answer = await jobs.ask('POST', 'archive-jobs', { ...body, recipientCertificate: certificate(who) });
      const said = JSON.parse(answer.body.toString()) as { code?: string };
      expect([who, answer.status, said.code]).toEqual([who, status, code]);
    }
  });

  it('is begun by rcsctl', async () => {
    const jobs = new ArchiveJobsClient(cluster, client);
    const { gateway, caFile } = cluster.ready;
    const { name, password } = personOf(cluster.ready, 'alice');
    const passwordFile = client.write('password', Buffer.from(password));
    const access = ['--gateway', gateway, '--ca', caFile, '--user', name, '--password-file', passwordFile, '--json'];
    const wanted = ['--to-storage', jobs.folder, '--reason', 'for the court', '--recording', 'attached'];
    const options = ['--recipient', client.file('legal.pem')];
    const begun = await rcsctl(configuration(), 'archive', 'create', ...wanted, ...options, ...access);
    expect([begun.status, begun.stderr]).toEqual([0, '']);
    const { id } = JSON.parse(begun.stdout) as { id: string };
    await jobs.ended(id);
    const { manifest } = unpacked(client.write('part.zip', (await jobs.part(id, 1)).body));
    expect(manifest.recipient).toMatchObject({ rewrapped: 1 });
  });
});

it('leaves plain media out unless it is to encrypt them', async () => {
  const answer = await archive({ recordings: ['plain', 'attached'], recipientCertificate: certificate('legal') });
  const { manifest, files } = unpacked(client.write('refused.zip', answer.body));
  expect(manifest.leftOut).toMatchObject([{ recording: 'plain', mediaFile: 'plain', code: 'plain' }]);
  expect(files.get('plain')!.file.archive).toEqual({ leftOut: 'plain' });
  expect(manifest.recipient).toMatchObject({ rewrapped: 1 });
});

it('leaves out what does not open here, instead of taking noise along', async () => {
  await client.put('broken', randomBytes(300_016));
  const { envelope } = splitEnvelope(readFileSync(client.file('whole.der')));
  await client.inserted('broken', {
    mediaId: 'broken',
    mediaDescriptor: client.stored('broken'),
    pkcs7: envelope.toString('base64'),
  });
  const answer = await archive({ recordings: ['broken', 'attached'], recipientCertificate: certificate('legal') });
  const { manifest } = unpacked(client.write('broken.zip', answer.body));
  expect(manifest.leftOut).toMatchObject([{ recording: 'broken', code: 'RCS_MEDIA_UNDECRYPTABLE' }]);
});

it.each([
  ['a certificate that the vault does not know', 'stranger', {}, 403, 'RCS_ARCHIVE_RECIPIENT_REFUSED'],
  ['what is no certificate', 'media', {}, 422, 'RCS_KEY_REFUSED'],
  ['two recipients', 'legal', { encryptPlainFor: 'demo' }, 400, 'RCS_INVALID_VALUE'],
  ['a way for plain media alone', undefined, { plainMedia: 'encrypt' }, 400, 'RCS_INVALID_VALUE'],
])('is not made for %s, and nothing is sent', async (_, name, more, status, code) => {
  const recipient =
    name === undefined ? {} : { recipientCertificate: name === 'media' ? 'nothing' : certificate(name) };
  const answer = await archive({ recordings: ['attached'], ...recipient, ...more });
  expect([answer.status, (JSON.parse(answer.body.toString()) as { code: string }).code]).toEqual([status, code]);
});

it('is made by rcsctl, verified, and told what it may not', async () => {
  const { gateway, caFile } = cluster.ready;
  const { name, password } = personOf(cluster.ready, 'alice');
  const passwordFile = client.write('password', Buffer.from(password));
  const access = ['--gateway', gateway, '--ca', caFile, '--user', name, '--password-file', passwordFile];
  const create = (recipient: string, to: string) => {
    const options = ['--recipient', client.file(`${recipient}.pem`), '--plain-media', 'encrypt'];
    const wanted = ['--to', client.file(to), '--reason', 'for the court', '--recording', 'attached', 'plain'];
    return rcsctl(configuration(), 'archive', 'create', ...wanted, ...options, ...access);
  };
  expect(await create('legal', 'rcsctl.zip')).toMatchObject({ status: 0 });
  expect(await rcsctl(configuration(), 'archive', 'verify', client.file('rcsctl.zip'), '--ca', caFile)).toMatchObject({
    status: 0,
  });
  for (const { folder, file } of unpacked(client.file('rcsctl.zip')).files.values())
    expect(typed(literal(file.archive.file!), folder, 'legal').equals(media)).toBe(true);
  const refused = await create('stranger', 'refused-rcsctl.zip');
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('No archive may be made')]);
});
