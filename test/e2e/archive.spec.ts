import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifestSchema, verifyManifest, type ArchiveManifest } from '#archive';
import { ContentTreeBuilder } from '#media-storage';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';
import { archiveContents, archiveOfOthers } from './signed-archives.js';
import { splitEnvelope } from './split-envelope.js';

jest.setTimeout(240_000);

const repository = join(__dirname, '../..');
const strangersName: Readonly<Record<string, string>> = { key: 'key.pem', pem: 'certificate.pem' };
const work = mkdtempSync(join(tmpdir(), 'rcs-archive-'));
const media = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), randomBytes(400_000)]);
let cluster: RunningCluster;
let client: CurlClient;

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  client = new CurlClient(cluster, work);
  client.write('media', media);
  // The cluster has no key of it: archives need none.
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=tenant'];
  await openssl(...request, '-keyout', client.file('tenant.key'), '-out', client.file('tenant.pem'));
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** Encrypted by OpenSSL for the tenant. */
async function encrypted(...options: readonly string[]): Promise<Buffer> {
  const [input, output] = [client.file('media'), client.file('whole.der')];
  const args = [
    'cms',
    '-encrypt',
    '-binary',
    '-in',
    input,
    '-outform',
    'DER',
    '-out',
    output,
    '-recip',
    client.file('tenant.pem'),
    ...options,
  ];
  await openssl(...args);
  return readFileSync(output);
}

async function detached(name: string): Promise<string> {
  const { envelope, ciphertext } = splitEnvelope(await encrypted('-aes-256-cbc'));
  await client.put(name, ciphertext);
  const pkcs7 = envelope.toString('base64');
  await client.inserted(name, { mediaId: name, mediaDescriptor: client.stored(name), pkcs7 });
  return client.recordingId(name);
}

async function file(name: string, content: Buffer): Promise<string> {
  await client.put(name, content);
  await client.insertedFile(name);
  return client.recordingId(name);
}

interface Unpacked {
  readonly directory: string;
  readonly manifest: ArchiveManifest;
}

async function archive(request: object, who = client.asUser('alice')) {
  writeFileSync(client.file('request.json'), JSON.stringify({ reason: 'case 4711', ...request }));
  const headers = ['--header', 'Content-Type: application/json', '--data-binary', `@${client.file('request.json')}`];
  return curl(...who, ...headers, `${cluster.ready.gateway}/rcs/archives`);
}

async function unpacked(request: object): Promise<Unpacked> {
  const answer = await archive(request);
  expect([answer.status, answer.status === 200 ? '' : answer.body.toString()]).toEqual([200, '']);
  const directory = mkdtempSync(join(work, 'unpacked-'));
  const zip = client.write('archive.zip', answer.body);
  expect(execFileSync('unzip', ['-t', zip], { encoding: 'utf8' })).toContain('No errors detected');
  execFileSync('unzip', ['-q', zip, '-d', directory]);
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')));
  for (const { path, length, sha256 } of manifest.members) {
    const bytes = readFileSync(join(directory, path));
    expect([path, bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([path, length, sha256]);
  }
  return { directory, manifest };
}

interface ArchivedFile {
  readonly mediaId: string;
  readonly archive: { readonly file?: string; readonly opens?: string; readonly leftOut?: string };
}

/** Opens every file of a recording with the command that stands in its `recording.json`, and the tenant's key. */
function opened({ directory, manifest }: Unpacked, id: string): Record<string, Buffer | string> {
  const member = manifest.members.find(({ path, recording }) => recording === id && path.endsWith('/recording.json'));
  const document = join(directory, member!.path);
  const { mediaFiles } = JSON.parse(readFileSync(document, 'utf8')) as { mediaFiles: readonly ArchivedFile[] };
  return Object.fromEntries<Buffer | string>(
    mediaFiles.map(({ mediaId, archive: { opens, leftOut } }) => {
      if (opens === undefined) return [mediaId, leftOut ?? ''] as const;
      const typed = opens.replace('CERTIFICATE', client.file('tenant.pem')).replace('KEY', client.file('tenant.key'));
      execFileSync('sh', ['-c', typed.replace('OUT', 'out')], { cwd: dirname(document), stdio: 'pipe' });
      return [mediaId, readFileSync(join(dirname(document), 'out'))] as const;
    }),
  );
}

describe('an archive', () => {
  it('opens with the command that stands in it, however the recordings are stored', async () => {
    const ids = [
      await detached('detached.mp3'),
      await file('attached.mp3.bin', await encrypted('-aes-128-cbc')),
      await file('oaep.mp3.bin', await encrypted('-keyopt', 'rsa_padding_mode:oaep', '-aes-256-cbc')),
      await file('gcm.mp3.bin', await encrypted('-aes-256-gcm')),
      await file('plain.mp3', media),
    ];
    const whole = await unpacked({ recordings: ids });
    expect(whole.manifest).toMatchObject({ recordings: 5, mediaFiles: 4, reason: 'case 4711' });
    for (const [index, name] of ['detached.mp3', 'attached.mp3.bin', 'oaep.mp3.bin', 'gcm.mp3.bin'].entries()) {
      const { [name]: bytes } = opened(whole, ids[index]!);
      expect([name, media.equals(bytes as Buffer)]).toEqual([name, true]);
    }
    expect(opened(whole, ids[4]!)).toEqual({ 'plain.mp3': 'plain' });
    expect(whole.manifest.leftOut).toMatchObject([{ recording: ids[4], mediaFile: 'plain.mp3', code: 'plain' }]);
    const folder = whole.manifest.members.find(({ mediaFile }) => mediaFile === 'detached.mp3')!.path;
    const { contactCenter } = cluster.ready;
    expect(folder).toBe(`${contactCenter}/${contactCenter}/2026-11-21/${ids[0]}/detached.mp3.bin`);
  });

  it('has a manifest that a vault signed, and the record of the audit that stands before its first byte', async () => {
    const { directory, manifest } = await unpacked({ recordings: [await detached('proved.mp3')] });
    const verify = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', 'manifest.json.p7s', '-purpose', 'any'];
    const check = (content: string) =>
      execFileSync('openssl', [...verify, '-content', content, '-CAfile', cluster.ready.caFile, '-out', '/dev/null'], {
        cwd: directory,
        stdio: 'pipe',
      });
    check('manifest.json');
    expect(() => check('README.txt')).toThrow();
    const authority = new X509Certificate(readFileSync(cluster.ready.caFile));
    const [text, signature] = ['manifest.json', 'manifest.json.p7s'].map(name => readFileSync(join(directory, name)));
    expect(verifyManifest(text!, signature!, [authority]).signer.subjectAltName).toContain('key-vault');
    const { record } = JSON.parse(readFileSync(join(directory, 'audit-proof.json'), 'utf8')) as { record: object };
    expect(record).toMatchObject({ ...manifest.audit, event: 'archive-begun', outcome: 'allowed' });
    const given = manifest.members.find(({ mediaFile }) => mediaFile === 'proved.mp3')!;
    const audit = await curl(
      ...client.asUser('alice'),
      `${cluster.ready.gateway}/rcs/audit?recording=${given.recording}`,
    );
    const { records } = JSON.parse(audit.body.toString()) as { records: readonly object[] };
    expect(records).toContainEqual(expect.objectContaining({ ...given.audit, event: 'archived', outcome: 'allowed' }));
  });

  it('proves of each recording what the audit says: that it was inserted, and that it went into this archive', async () => {
    const ids = [await detached('insertion.mp3'), await detached('second.mp3')];
    const { gateway, caFile } = cluster.ready;
    const verified = async (zip: Buffer) =>
      rcsctl('', 'archive', 'verify', client.write('proofs.zip', zip), '--ca', caFile, '--json');
    const whole = await archive({ recordings: ids });
    const { stdout, status } = await verified(whole.body);
    const proved = { records: 4, insertions: 2, request: true };
    expect([status, (JSON.parse(stdout) as { proved: object }).proved]).toEqual([0, proved]);
    // Who has the key of a vault may sign a manifest, and proves no record that was not written.
    const original = await archiveContents(client, gateway, ids);
    const renamed = new Map([[ids[0]!, `${ids[0]!}-other`]]);
    const forged = await verified(await archiveOfOthers(cluster, original, renamed));
    expect([forged.status, forged.stderr]).toEqual([1, expect.stringContaining('does not have its hash') as string]);
    const files = new Map([...original.files].filter(([path]) => !path.endsWith('/audit-proofs.json')));
    const members = original.manifest.members.filter(({ path }) => files.has(path));
    const without = { files, manifest: { ...original.manifest, members } };
    const cut = await verified(await archiveOfOthers(cluster, without, new Map()));
    expect([cut.status, cut.stderr]).toEqual([1, expect.stringContaining('proves 0 records of the audit') as string]);
    const none = { ...without, manifest: { ...without.manifest, auditProofs: 0 } };
    const bare = await verified(await archiveOfOthers(cluster, none, new Map()));
    expect([bare.status, bare.stderr]).toEqual([1, expect.stringContaining('nothing proves record') as string]);
  });

  it('takes plain media along encrypted, where a certificate is named, and finds recordings by their age', async () => {
    const id = await file('clear.mp3', media);
    const { alias } = cluster.ready.certificates[0]!;
    // What a token got a moment ago is seen some seconds later.
    await waitFor('the certificate', async () => {
      const answer = await curl(...client.asUser('alice'), `${cluster.ready.gateway}/rcs/certificates`);
      return answer.body.includes(`"${alias}"`);
    });
    const { directory, manifest } = await unpacked({ age: { minimumDays: 0 }, encryptPlainFor: alias });
    const found = manifest.members.find(({ recording, mediaFile }) => recording === id && mediaFile === 'clear.mp3')!;
    const bytes = readFileSync(join(directory, found.path));
    expect([bytes[0], bytes.includes(media.subarray(100, 200))]).toEqual([0x30, false]);
    expect(manifest.recordings).toBeGreaterThan(1);
  });

  it('names what is missing, and goes on', async () => {
    const id = client.recordingId('nowhere.mp3');
    const fields = { mediaId: 'nowhere.mp3', mediaDescriptor: client.stored('nowhere.mp3'), pkcs7: undefined };
    const { envelope } = splitEnvelope(await encrypted('-aes-256-cbc'));
    await client.inserted('nowhere.mp3', { ...fields, pkcs7: envelope.toString('base64') });
    const whole = await unpacked({ recordings: [id, await detached('there.mp3')] });
    expect(whole.manifest.leftOut).toMatchObject([{ recording: id, code: 'RCS_STORAGE_FILE_MISSING' }]);
    expect(opened(whole, client.recordingId('there.mp3'))).toEqual({ 'there.mp3': media });
  });

  it('breaks off where a stored file changed, and nothing looks like a whole one', async () => {
    const name = 'changed.mp3';
    const ciphertext = randomBytes(400_000);
    const { envelope } = splitEnvelope(await encrypted('-aes-256-cbc'));
    await client.put(name, ciphertext);
    const tree = new ContentTreeBuilder();
    tree.update(ciphertext);
    const { root, leaves } = tree.finish();
    const contentTree = { length: ciphertext.length, root, leaves: leaves.toString('base64') };
    const stored = { mediaId: name, mediaDescriptor: client.stored(name), pkcs7: envelope.toString('base64') };
    await client.inserted(name, { ...stored, contentTree }, { startTime: '2026-11-19T08:00:00.000+0000' });
    ciphertext[399_999]! ^= 1;
    await client.put(name, ciphertext);
    const answer = await archive({ recordings: [client.recordingId(name)] });
    expect([answer.status, answer.exitCode]).toEqual([200, 18]);
    expect(() => execFileSync('unzip', ['-t', client.write('cut.zip', answer.body)], { stdio: 'pipe' })).toThrow();
  });

  it('is not for everybody, and not for what one may not see: nothing is sent then', async () => {
    const id = await detached('own.mp3');
    for (const person of ['bob', 'carol'])
      expect((await archive({ recordings: [id] }, client.asUser(person))).status).toBe(403);
    for (const who of [client.asOps(), client.asRecorder()])
      expect((await archive({ recordings: [id] }, who)).status).toBe(403);
    expect((await archive({ recordings: [id, 'nobody-has-it'] })).status).toBe(404);
    for (const request of [{}, { search: {} }, { recordings: [id], age: {} }, { recordings: [id], reason: ' ' }])
      expect((await archive(request)).status).toBe(400);
    expect((await archive({ recordings: [id], encryptPlainFor: 'nobody' })).status).toBe(404);
  });

  it('is checked and opened by the very commands of docs/archive.md', async () => {
    const answer = await archive({ recordings: [await detached('strange.mp3')] });
    const directory = mkdtempSync(join(work, 'stranger-'));
    writeFileSync(join(directory, 'archive.zip'), answer.body);
    copyFileSync(cluster.ready.caFile, join(directory, 'ca.pem'));
    for (const name of ['key', 'pem'])
      copyFileSync(client.file(`tenant.${name}`), join(directory, strangersName[name]!));
    const page = readFileSync(join(repository, 'docs/archive.md'), 'utf8');
    const commands = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block]) => block!);
    const blocks = commands.filter(block => !block.includes('tsa.pem'));
    expect(blocks).toHaveLength(3);
    execFileSync('sh', ['-e', '-c', blocks.join('\n')], { cwd: directory, stdio: 'pipe' });
    expect(readFileSync(join(directory, 'recording.out')).equals(media)).toBe(true);
    // And they find what was changed.
    const [changed, at] = [Buffer.from(answer.body), answer.body.indexOf('strange.mp3.bin') + 5000];
    changed[at]! ^= 1;
    writeFileSync(join(directory, 'archive.zip'), changed);
    rmSync(join(directory, 'archive'), { recursive: true });
    expect(() => execFileSync('sh', ['-e', '-c', blocks[0]!], { cwd: directory, stdio: 'pipe' })).toThrow();
  });

  it('is made and verified by rcsctl, never over another file', async () => {
    const id = await detached('of-rcsctl.mp3');
    const file = client.file('rcsctl.zip');
    const { gateway, caFile } = cluster.ready;
    const { name, password } = personOf(cluster.ready, 'alice');
    const passwordFile = client.write('password', Buffer.from(password));
    const access = ['--gateway', gateway, '--ca', caFile, '--user', name, '--password-file', passwordFile];
    const create = ['archive', 'create', '--to', file, '--reason', 'case 4711', '--recording', id, ...access];
    const nowhere = cluster.ready.commandLine ?? '';
    expect(await rcsctl(nowhere, ...create)).toMatchObject({ status: 0 });
    expect(await rcsctl(nowhere, ...create)).toMatchObject({ status: 1 });
    const verify = () => rcsctl(nowhere, 'archive', 'verify', file, '--ca', caFile);
    expect(await verify()).toMatchObject({ status: 0, stdout: expect.stringContaining('is whole') as string });
    truncateSync(file, statSync(file).size - 1);
    expect(await verify()).toMatchObject({ status: 1 });
  });

  it('is made of each day that has none, whatever ended the one before', async () => {
    await detached('of-a-day.mp3');
    const { gateway, caFile } = cluster.ready;
    const { name, password } = personOf(cluster.ready, 'alice');
    const passwordFile = client.write('password', Buffer.from(password));
    const access = ['--gateway', gateway, '--ca', caFile, '--user', name, '--password-file', passwordFile];
    // Of the first day is the recording whose stored file was changed.
    const days = ['--from', '2026-11-19', '--until', '2026-11-21'];
    const daily = () =>
      rcsctl(
        cluster.ready.commandLine ?? '',
        'archive',
        'daily',
        '--to',
        work,
        '--reason',
        'daily',
        ...days,
        ...access,
        '--json',
      );
    // Somebody was killed while they wrote it.
    const [empty, full] = ['2026-11-20', '2026-11-21'].map(day => join(work, `archive-${day}.zip`)) as [string, string];
    writeFileSync(`${full}.unfinished`, 'PK');
    const made = await daily();
    expect([made.status, made.stderr]).toEqual([1, expect.stringContaining('archive-2026-11-19.zip is not there')]);
    expect(existsSync(join(work, 'archive-2026-11-19.zip'))).toBe(false);
    for (const file of [empty, full])
      expect(await rcsctl('', 'archive', 'verify', file, '--ca', caFile)).toMatchObject({ status: 0 });
    expect(readFileSync(full).includes('of-a-day.mp3.bin')).toBe(true);
    expect([existsSync(`${full}.unfinished`), readFileSync(empty).includes('.mp3.bin')]).toEqual([false, false]);
    expect(JSON.parse((await daily()).stdout)).toMatchObject({ made: [], failed: [{ day: '2026-11-19' }] });
  });
});
