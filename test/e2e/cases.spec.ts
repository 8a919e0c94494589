import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { rcsctl, type CommandResult } from '#test/cluster/rcsctl.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { CertificateAdministrator } from './certificate-administrator.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl } from './external-tools.js';

jest.setTimeout(180_000);

const repository = join(__dirname, '../..');
const cases = join(repository, 'test/cases');
const work = mkdtempSync(join(tmpdir(), 'rcs-cases-'));
const plain = readFileSync(join(cases, 'plain.mp3'));
const alias = 'test';
let cluster: RunningCluster;
let curlClient: CurlClient;
let admin: CertificateAdministrator;

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  curlClient = new CurlClient(cluster, work);
  admin = new CertificateAdministrator(cluster, work);
  expect(await importKey('test.key', 'test.pem')).toMatchObject({ status: 0 });
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const run = (parameters: readonly string[], environment?: Readonly<Record<string, string>>): Promise<CommandResult> =>
  rcsctl(repository, cluster.ready.dataDir, parameters, environment);

function importKey(
  key: string,
  certificate: string,
  environment?: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const pair = ['--key', join(cases, key), '--certificate', join(cases, certificate)];
  const names = ['--contact-center', cluster.ready.contactCenter, '--alias', alias];
  return run(['import-key', ...pair, ...names], environment);
}

/** Stores and inserts a case as a whole file, with nothing in the metadata that says so; answers where it plays. */
async function inserted(file: string, name = file.replaceAll('/', '-')): Promise<string> {
  await curlClient.put(name, readFileSync(join(cases, file)));
  return curlClient.insertedFile(name);
}

async function expectPlain(playPath: string): Promise<void> {
  const { status, body } = await curlClient.play(playPath);
  expect({ status, same: body.equals(plain) }).toEqual({ status: 200, same: true });
}

const playing = ['cms/bom.pem', 'cms/issuer-printable.bin', 'cms/stranger-oaep-null.bin', 'cms/trailing-newline.bin'];
const refused = ['cms/gcm-in-enveloped.bin'];
const keys = ['keys/cr-only.key', 'keys/cr-only.pem', 'keys/proc-type-without-space.key'];
/** Certificates whose keys are not among the cases. */
const elsewhere = ['keys/k1.pem', 'keys/k2.pem'];
const keystores = ['keystores/rc4.p12', 'keystores/trailing.p12'];

it('knows every file of the cases', () => {
  const found = ['cms', 'keys', 'keystores'].flatMap(directory =>
    readdirSync(join(cases, directory)).map(file => `${directory}/${file}`),
  );
  const known = [...playing, ...refused, ...keys, ...elsewhere, ...keystores, 'keystores/s.pw'];
  expect(found.sort()).toEqual(known.sort());
});

describe('stored files', () => {
  it.each(playing)('%s plays', async file => {
    await expectPlain(await inserted(file));
  });

  it.each(refused)('%s is refused with its name', async file => {
    const playPath = await inserted(file);
    const { status, body } = await curlClient.play(playPath);
    expect(status).toBe(422);
    expect(body.includes(plain.subarray(0, 32))).toBe(false);
    const { stderr } = await run(['inspect', join(cases, file)]);
    expect(stderr).toContain('aes-256-gcm of enveloped-data');
  });
});

it('cms/gcm-in-enveloped.bin plays where the workers are told to', async () => {
  const directory = join(work, 'tolerant');
  const tolerant = await startCluster(repository, directory, { RCS_DECRYPT_WORKER__GCM_IN_ENVELOPED_DATA: 'true' });
  try {
    const pair = ['--key', join(cases, 'test.key'), '--certificate', join(cases, 'test.pem')];
    const names = ['--contact-center', tolerant.ready.contactCenter, '--alias', alias];
    expect(await rcsctl(repository, directory, ['import-key', ...pair, ...names])).toMatchObject({ status: 0 });
    const client = new CurlClient(tolerant, work);
    await client.put('gcm.bin', readFileSync(join(cases, 'cms/gcm-in-enveloped.bin')));
    const { status, body } = await client.play(await client.insertedFile('gcm.bin'));
    expect({ status, same: body.equals(plain) }).toEqual({ status: 200, same: true });
  } finally {
    await tolerant.stop();
  }
});

describe('keys and keystores', () => {
  it('reads PEM with the line ends of an old Macintosh', async () => {
    expect(await importKey('keys/cr-only.key', 'keys/cr-only.pem')).toMatchObject({ status: 0, stderr: '' });
  });

  it('asks for the password of a key, however Proc-Type is spelled', async () => {
    const asked = await importKey('keys/proc-type-without-space.key', 'test.pem');
    expect(asked.status).toBe(1);
    expect(asked.stderr).toMatch(/password/i);
    expect(asked.stderr).not.toContain('damaged');
    const given = await importKey('keys/proc-type-without-space.key', 'test.pem', { RCSCTL_KEY_PASSWORD: 'secret1' });
    expect(given).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(keystores)('reads %s', async file => {
    const password = ['--password-file', join(cases, 'keystores/s.pw')];
    const keystore = [
      'import-keystore',
      join(cases, file),
      '--contact-center',
      cluster.ready.contactCenter,
      ...password,
    ];
    const { status, stdout, stderr } = await run([...keystore, '--yes', '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ keystore: { type: 'PKCS12', integrityVerified: true } });
  });
});

describe('what needs a server', () => {
  it('a certificate whose recordings have their envelopes in the files is needed: not deleted, its key not removed', async () => {
    const playPath = await inserted('cms/issuer-printable.bin', 'without-alias.bin');
    const { certificates } = await admin.certificates<{ certificates: { alias: string; deployedCount: number }[] }>(
      'list',
    );
    expect(certificates.find(certificate => certificate.alias === alias)).toBeDefined();
    const deleted = await admin.run('delete', alias);
    expect(deleted.status).toBe(1);
    expect(deleted.stderr).toMatch(/recording/);
    const removed = await admin.run('remove-key', alias, '--confirm', alias);
    expect(removed.status).toBe(1);
    await expectPlain(playPath);
  });

  it("another contact center's certificate of the same issuer and serial number takes nothing away", async () => {
    const serial = '0x038B161A5CC9F0355C388736071A2D310D3328';
    const subject = '/CN=Genesys Recording/C=US/ST=California/O=Genesys';
    const files = ['-keyout', curlClient.file('other.key'), '-out', curlClient.file('other.pem')];
    const name = ['-subj', subject, '-set_serial', serial];
    await openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-days', '30', ...files, ...name);
    const pair = ['--key', curlClient.file('other.key'), '--certificate', curlClient.file('other.pem')];
    const imported = await run(['import-key', ...pair, '--contact-center', 'another', '--alias', 'shadow']);
    expect(imported).toMatchObject({ status: 0, stderr: '' });
    // A file that no worker has open yet.
    for (const file of playing) await expectPlain(await inserted(file, `shadowed-${file.replaceAll('/', '-')}`));
    const own = await run(['import-key', ...pair, '--contact-center', cluster.ready.contactCenter, '--alias', 'twin']);
    expect(own.status).toBe(0);
    expect(own.stderr).toMatch(/^Note: the key ".+" has the same issuer and serial number/);
    for (const file of playing) await expectPlain(await inserted(file, `twin-${file.replaceAll('/', '-')}`));
  });

  it('a form that breaks off, without login, ends nothing', async () => {
    const { gateway, caFile } = cluster.ready;
    const body = '--X\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nyy';
    const form = ['--header', 'Content-Type: multipart/form-data; boundary=X', '--data-binary', body];
    const answer = await curl('--cacert', caFile, ...form, `${gateway}/rcs/certificates`);
    expect(answer.status).toBe(401);
    expect((await curlClient.get(`/api/v2/recordings/${cluster.ready.recordings[0]!.id}`)).status).toBe(200);
    await expectPlain(await inserted('cms/bom.pem', 'afterwards.pem'));
  });
});
