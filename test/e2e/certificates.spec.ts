import { spawn } from 'node:child_process';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JWE, JWK } from 'node-jose';
import { endingWithUs } from '#platform';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { startSecondGateway, type SecondGateway } from '#test/cluster/second-gateway.js';
import { bodyOf, CertificateAdministrator } from './certificate-administrator.js';
import { CurlClient } from './curl-client.js';
import { openssl, type CurlAnswer } from './external-tools.js';

jest.setTimeout(240_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-certificates-'));
const file = (name: string): string => join(work, name);
const subject = '/CN=Genesys Recording/C=US/ST=California/O=Genesys';
const clearKeys = { RCS_RECORDING_CERTIFICATES__ACCEPT_CLEAR_PRIVATE_KEYS: 'true' };
let cluster: RunningCluster;
let admin: CertificateAdministrator;
let curlClient: CurlClient;

beforeAll(async () => {
  await pairNamed('company', '-subj', '/CN=Company root');
  cluster = await startCluster(repository, join(work, 'data'), {
    RCS_RECORDING_CERTIFICATES__ROOT_CA_FILE: file('company.pem'),
    // The forms of keys in clear are a subject here; test/e2e/private-keys.spec.ts has what is the rule.
    ...clearKeys,
  });
  admin = new CertificateAdministrator(cluster, work);
  curlClient = new CurlClient(cluster, work);
  // The lines of the administrator guide.
  await openssl('genrsa', '-out', file('tenant.key'), '2048');
  const request = ['req', '-new', '-x509', '-key', file('tenant.key'), '-out', file('tenant.pem')];
  await openssl(...request, '-days', '3650', '-subj', subject);
  const conversion = ['-topk8', '-inform', 'pem', '-in', file('tenant.key'), '-outform', 'pem', '-nocrypt'];
  await openssl('pkcs8', ...conversion, '-out', file('private.pem'));
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function pairNamed(name: string, ...options: string[]): Promise<void> {
  const key = ['-newkey', 'rsa:2048', '-noenc', '-keyout', file(`${name}.key`)];
  await openssl('req', '-new', '-x509', ...key, '-out', file(`${name}.pem`), '-days', '365', ...options);
}

const aliases = async (administrator = admin): Promise<string[]> => {
  const { certificates } = await administrator.certificates<{ certificates: { alias: string }[] }>('list');
  return certificates.map(({ alias }) => alias);
};

describe('the walk of the administrator guide', () => {
  const first = file('first.mp3');
  let firstPath = '';

  it('the form fills in its fields from the two files', async () => {
    const { certificate, key } = await admin.certificates<Record<'certificate' | 'key', Record<string, unknown>>>(
      'inspect',
      ...['--certificate', file('tenant.pem'), '--key', file('tenant.key')],
    );
    expect(certificate).toMatchObject({
      issuedTo: 'Genesys Recording',
      issuedBy: 'Genesys Recording',
      subjectName: 'Genesys Recording <Email not set>',
      subjectDn: 'CN=Genesys Recording,C=US,ST=California,O=Genesys',
      issuerDn: 'CN=Genesys Recording,C=US,ST=California,O=Genesys',
      serialNumber: expect.stringMatching(/^\d+$/) as string,
      problems: [],
      warnings: [],
    });
    // OpenSSL 3 writes what the guide calls the Azure form at once.
    expect(key).toEqual({ format: 'PKCS#8', encrypted: false, size: 2048, matchesCertificate: true });
  });

  it('names every form of a key, also one that it cannot open without its password', async () => {
    await openssl('rsa', '-in', file('tenant.key'), '-traditional', '-out', file('traditional.key'));
    const encryption = ['-aes-256-cbc', '-passout', 'pass:secret'];
    await openssl('rsa', '-in', file('tenant.key'), ...encryption, '-out', file('encrypted.key'));
    const formatOf = async (name: string): Promise<unknown> =>
      bodyOf<{ key: { format: string } }>(
        await admin.send('/rcs/certificates/inspect', '--form', `keyFile=@${file(name)}`),
      ).key.format;
    expect(await formatOf('private.pem')).toBe('PKCS#8');
    expect(await formatOf('traditional.key')).toBe('OpenSSL RSA private key');
    expect(await formatOf('encrypted.key')).toBe('encrypted PKCS#8');
  });

  it('saves the pair; the other form of the key, and an encrypted one, are the same entry', async () => {
    const saved = await admin.uploadInClear('tenant.pem', 'tenant.key', 'alias=first', 'password=');
    expect(saved.status).toBe(201);
    expect(saved.headers['location']).toBe('/rcs/certificates/first');
    const again = await admin.uploadInClear('tenant.pem', 'private.pem', 'alias=again');
    expect(again.status).toBe(200);
    expect(bodyOf(again)).toMatchObject({
      warnings: expect.arrayContaining([
        'the certificate is there already, as "first"; the alias "again" was not given',
      ]) as string[],
    });
    const encrypted = await admin.uploadInClear('tenant.pem', 'encrypted.key', 'password=secret');
    expect(encrypted.status).toBe(200);
    expect(bodyOf(encrypted)).toMatchObject({ alias: 'first', outcome: 'known' });
    expect(await aliases()).toEqual(['demo', 'first']);
  });

  it('shows it in the list', async () => {
    const { certificates } = await admin.certificates<{ certificates: { alias: string }[] }>(
      'list',
      ...['--sort', '-createdAt'],
    );
    const listed = certificates.find(({ alias }) => alias === 'first');
    expect(listed).toMatchObject({
      issuedTo: 'Genesys Recording',
      deployedCount: 0,
      recordings: 0,
      status: 'valid',
      keyDetails: { size: 2048, format: 'PKCS#8', presence: 'present' },
    });
  });

  it('assigns it, records with it and plays', async () => {
    writeFileSync(first, randomBytes(50_000));
    await admin.certificates('assign', 'first', '--ivr-profile', 'record');
    firstPath = await admin.record(first, '--ivr-profile', 'record');
    const answer = await curlClient.play(firstPath);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(await contentOf(first))).toBe(true);
    expect(await admin.certificates('show', 'first')).toMatchObject({
      deployedCount: 1,
      deployedTo: ['IVR profile record'],
      recordings: 1,
    });
  });

  it('refuses to delete it, with the counts', async () => {
    const answer = await admin.json('DELETE', '/rcs/certificates/first', {});
    expect(answer.status).toBe(409);
    expect(bodyOf<{ detail: string }>(answer).detail).toContain('is assigned once and 1 recording needs it');
    expect((await admin.run('delete', 'first', '--force', 'First')).status).toBe(1);
  });

  it('renews it: new recordings take the successor, the old one plays', async () => {
    await pairNamed('next', '-subj', subject);
    expect((await admin.uploadInClear('next.pem', 'next.key', 'alias=next')).status).toBe(201);
    expect(await admin.certificates('renew', 'first', 'next')).toMatchObject({ switched: ['IVR profile record'] });
    const second = file('second.mp3');
    writeFileSync(second, randomBytes(60_000));
    const secondPath = await admin.record(second, '--ivr-profile', 'record');
    expect((await curlClient.play(secondPath)).body.equals(await contentOf(second))).toBe(true);
    expect((await curlClient.play(firstPath)).body.equals(await contentOf(first))).toBe(true);
    expect(await admin.certificates('show', 'next')).toMatchObject({ deployedCount: 1, recordings: 1 });
  });

  it('rewraps the old one, after which the old certificate and key can go and everything plays', async () => {
    const run = await admin.certificates('rewrap', 'first', '--to', 'next', '--mode', 'replace');
    expect(run).toMatchObject({ state: 'done', counts: { total: 1, rewrapped: 1, failed: 0, notRewrappable: 0 } });
    expect(await admin.certificates('delete', 'first')).toMatchObject({ deleted: true, recordings: 0 });
    expect((await curlClient.play(firstPath)).status).toBe(200);
    expect((await admin.run('remove-key', 'first', '--confirm', 'next')).status).toBe(1);
    const removed = await admin.certificates('remove-key', 'first', '--confirm', 'first');
    expect(removed).toMatchObject({ alias: 'first', keyState: 'disabled' });
    const days = (Date.parse(removed['destroyableAt'] as string) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
    expect(await admin.certificates('show', 'first')).toMatchObject({
      keyDetails: { presence: 'disabled', destroyableAt: removed['destroyableAt'] },
    });
    const answer = await curlClient.play(firstPath);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(await contentOf(first))).toBe(true);
    const { certificates } = await admin.certificates<{ certificates: object[] }>('list', '--deleted');
    expect(certificates).toContainEqual(
      expect.objectContaining({ alias: 'first', status: 'deleted', keyRemovedAt: expect.any(String) as string }),
    );
  });

  it('has screen recordings unencrypted only when that is confirmed in words', async () => {
    const empty = await admin.json('PUT', '/rcs/screen-recording-certificates', { aliases: [] });
    expect(empty.status).toBe(409);
    expect(bodyOf<{ detail: string }>(empty).detail).toContain('"record unencrypted"');
    expect(await admin.certificates('assign', 'next')).toMatchObject({ encrypted: true });
    expect(await admin.certificates('assign', '--record-unencrypted')).toMatchObject({ encrypted: false });
  });

  it('carries a configuration over in the text form of the annex', async () => {
    const { annex } = await admin.certificates<{ annex: string }>('export-annex', 'record');
    expect(annex).toMatch(/^\[recording-certificates\]\nnext=-----BEGIN CERTIFICATE-----\\n/);
    writeFileSync(file('annex.cfg'), annex);
    expect(await admin.certificates('import-annex', 'copy', file('annex.cfg'))).toMatchObject({ aliases: ['next'] });
    await pairNamed('foreign', '-subj', '/CN=foreign');
    const foreign = `[recording-certificates]\nforeign=${(await contentOf(file('foreign.pem'))).toString()}`;
    writeFileSync(file('foreign.cfg'), foreign);
    const { status, stderr } = await admin.run('import-annex', 'copy', file('foreign.cfg'));
    expect([status, stderr]).toEqual([1, expect.stringContaining('with their private keys first: foreign')]);
  });

  it('makes a key and its request in the token, and attaches the certificate of a trusted authority alone', async () => {
    const issueBy = async (authority: string, to: string): Promise<void> => {
      const issuer = ['-CA', file(`${authority}.pem`), '-CAkey', file(`${authority}.key`)];
      await openssl('x509', '-req', '-in', file('made.csr'), ...issuer, '-days', '365', '-out', file(to));
    };
    await admin.certificates('generate', 'made', '--size', '2048');
    await admin.run('csr', 'made', '--subject', 'CN=Made,O=Genesys', '--out', file('made.csr'));
    await openssl('req', '-in', file('made.csr'), '-noout', '-verify');
    await pairNamed('authority', '-subj', '/CN=nobody');
    await issueBy('authority', 'untrusted.pem');
    const untrusted = await admin.run('attach', 'made', '--certificate', file('untrusted.pem'));
    expect(untrusted.stderr).toContain('is missing: send the whole chain');
    await issueBy('company', 'made.pem');
    await admin.certificates('attach', 'made', '--certificate', file('made.pem'));
    await plays('made', { issuedTo: 'Made', issuedBy: 'Company root' }, '--root-ca', file('company.pem'));
  });

  it('takes a key that its owner has encrypted to the key vault', async () => {
    await pairNamed('sealed', '-subj', '/CN=Sealed');
    const answer = await admin.send('/rcs/keys/import-keys');
    const { importKeys } = bodyOf<{ importKeys: { vault: string; publicKey: object }[] }>(answer);
    const pkcs8 = createPrivateKey(await contentOf(file('sealed.key'))).export({ type: 'pkcs8', format: 'der' });
    const keyJwe = await Promise.all(
      importKeys.map(async ({ vault, publicKey }) => {
        const options = { format: 'compact', contentAlg: 'A256GCM', fields: { alg: 'ECDH-ES' } } as const;
        const encryption = JWE.createEncrypt(options, await JWK.asKey(publicKey));
        return { vault, jwe: await encryption.update(pkcs8).final() };
      }),
    );
    const certificate = (await contentOf(file('sealed.pem'))).toString();
    const saved = await admin.json('POST', '/rcs/certificates', { alias: 'sealed', certificate, keyJwe });
    expect([saved.status, saved.body.toString()]).toEqual([201, expect.stringContaining('"sealed"')]);
    await plays('sealed', { issuedTo: 'Sealed' });
  });

  /** A recording made for the certificate plays. */
  async function plays(alias: string, shown: object, ...trust: string[]): Promise<void> {
    expect(await admin.certificates('show', alias)).toMatchObject({
      ...shown,
      status: 'valid',
      keyDetails: { size: 2048, presence: 'present' },
    });
    await admin.certificates('assign', alias, '--ivr-profile', `profile of ${alias}`);
    const recorded = await admin.record(first, '--ivr-profile', `profile of ${alias}`, ...trust);
    const answer = await curlClient.play(recorded);
    expect([answer.status, answer.body.equals(await contentOf(first))]).toEqual([200, true]);
  }
});

describe('bad input, each with a problem of its own and nothing stored', () => {
  let before: string[];
  beforeAll(async () => {
    before = await aliases();
    await openssl('x509', '-in', file('tenant.pem'), '-outform', 'der', '-out', file('tenant.der'));
    const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
    await openssl(
      'req',
      '-new',
      '-x509',
      ...elliptic,
      '-keyout',
      file('ec.key'),
      '-out',
      file('ec.pem'),
      '-subj',
      '/CN=e',
    );
    const small = ['-newkey', 'rsa:1024', '-noenc', '-keyout', file('small.key'), '-out', file('small.pem')];
    await openssl('req', '-new', '-x509', ...small, '-subj', '/CN=small');
    await pairNamed('other', '-subj', '/CN=Other');
    await pairNamed('root', '-subj', '/CN=Root');
    const request = ['-newkey', 'rsa:2048', '-noenc', '-keyout', file('issued.key'), '-out', file('issued.csr')];
    await openssl('req', '-new', ...request, '-subj', '/CN=Issued');
    const issue = ['x509', '-req', '-in', file('issued.csr'), '-CA', file('root.pem'), '-CAkey', file('root.key')];
    await openssl(...issue, '-days', '30', '-out', file('issued.pem'));
    const chain = [await contentOf(file('issued.pem')), await contentOf(file('root.pem'))];
    writeFileSync(file('chain.pem'), Buffer.concat(chain));
    writeFileSync(file('huge'), Buffer.alloc(100_000_000));
    writeFileSync(file('nothing'), '');
    await openssl('pkey', '-in', file('tenant.key'), '-outform', 'der', '-out', file('key.der'));
    writeFileSync(file('utf16.pem'), Buffer.from((await contentOf(file('tenant.pem'))).toString(), 'utf16le'));
  });
  afterAll(async () => {
    expect(await aliases()).toEqual(before);
  });

  it.each([
    ['a key where the certificate is due', 'tenant.key', 'tenant.key', 422, 'PEM_WRONG_LABEL'],
    ['DER', 'tenant.der', 'tenant.key', 422, 'PEM_IS_DER'],
    ['an elliptic curve', 'ec.pem', 'ec.key', 422, 'CERTIFICATE_KEY_NOT_RSA'],
    ['RSA of 1024 bits', 'small.pem', 'small.key', 422, 'CERTIFICATE_KEY_TOO_SMALL'],
    ['a pair that does not match', 'other.pem', 'tenant.key', 422, 'KEY_MISMATCH'],
    ['a broken chain', 'issued.pem', 'issued.key', 422, 'PATH_ISSUER_MISSING'],
    ['an unknown root', 'chain.pem', 'issued.key', 422, 'PATH_ROOT_UNKNOWN'],
    ['no password', 'other.pem', 'encrypted.key', 422, 'PRIVATE_KEY_PASSWORD_MISSING'],
    ['a certificate where the key is due', 'tenant.pem', 'tenant.pem', 422, 'PEM_WRONG_LABEL'],
    ['a key in DER', 'tenant.pem', 'key.der', 422, 'PEM_IS_DER'],
  ])('%s', async (_, certificate, key, status, reason) => {
    const answer = await admin.uploadInClear(certificate, key);
    expect(answer.status).toBe(status);
    expectProblem(answer, reason);
  });

  it('a wrong password', async () => {
    expectProblem(
      await admin.uploadInClear('other.pem', 'encrypted.key', 'password=wrong'),
      'PRIVATE_KEY_PASSWORD_WRONG',
    );
  });

  it.each([
    ['tenant.key', 'tenant.key', /^certificate: /],
    ['tenant.pem', 'tenant.pem', /^privateKey: /],
    ['tenant.pem', 'key.der', /^privateKey: .*"openssl (pkey|rsa) -inform der/],
    ['utf16.pem', 'tenant.key', /^certificate: .*UTF-16/],
    ['tenant.pem', 'nothing', /choose one file of a private key, which is not empty/],
  ])('%s and %s: says which of them is wrong', async (certificate, key, detail) => {
    expect(bodyOf<{ detail: string }>(await admin.uploadInClear(certificate, key)).detail).toMatch(detail);
  });

  it('a field under another name', async () => {
    const answer = await admin.send('/rcs/certificates', '--form', `cert=@${file('tenant.pem')}`);
    expect(bodyOf<{ detail: string }>(answer).detail).toBe('certificate; not known: cert');
  });

  it('an assignment of which one is unknown', async () => {
    const known = before[0]!;
    const answer = await admin.json('PUT', '/rcs/screen-recording-certificates', { aliases: ['nobodys', known] });
    expect([answer.status, bodyOf<{ detail: string }>(answer).detail]).toEqual([
      404,
      'there is no recording certificate "nobodys"',
    ]);
  });

  it('a size of key that nobody makes', async () => {
    const answer = await admin.json('POST', '/rcs/keys', { alias: 'small', size: 1024 });
    expect(bodyOf<{ detail: string }>(answer).detail).toBe('size: must be 2048, 3072 or 4096');
  });

  it('a DELETE that names a type and has no body is one without', async () => {
    const type = ['--header', 'Content-Type: application/json', '--request', 'DELETE'];
    expect((await admin.send('/rcs/certificates/nobodys', ...type)).status).toBe(404);
  });

  it('rcsctl: a file that is missing, a password that is wrong, an authority that is not known', async () => {
    const { gateway, caFile, dataDir, users } = cluster.ready;
    const { name } = users[0]!;
    const keyless = await admin.run('upload', '--certificate', file('tenant.pem'));
    expect([keyless.status, keyless.stderr]).toEqual([1, expect.stringContaining('--key <file>')]);
    const upload = await admin.run('upload', '--certificate', file('tenant.pem'), '--key', file('none.key'));
    expect([upload.status, upload.stderr]).toEqual([1, `rcsctl: --key ${file('none.key')}: there is no such file\n`]);
    const encrypted = await admin.run('upload', '--certificate', file('other.pem'), '--key', file('encrypted.key'));
    expect(encrypted.stderr).toContain('--key-password-file FILE');
    writeFileSync(file('wrong.password'), 'wrong');
    const list = (...more: string[]) =>
      rcsctl(repository, dataDir, ['certificates', 'list', '--gateway', gateway, '--user', name, ...more]);
    const wrong = await list('--ca', caFile, '--password-file', file('wrong.password'));
    expect(wrong.stderr).toBe(`rcsctl: ${gateway} refuses the user ${name}, or the password\n`);
    const password = ['--password-file', file('admin.password')];
    const other = await list('--ca', file('company.pem'), ...password);
    expect(other.stderr).toContain('its certificate is not from the authority that --ca');
    const key = await list('--ca', file('tenant.key'), ...password);
    expect(key.stderr).toContain(`--ca: ${file('tenant.key')} has no certificate in it`);
  });

  it('an alias that another certificate has', async () => {
    const answer = await admin.uploadInClear('other.pem', 'other.key', 'alias=next');
    expect(answer.status).toBe(409);
    expect(bodyOf(answer)).toMatchObject({ code: 'RCS_CERTIFICATE_EXISTS' });
  });

  it('a file of 100 MB', async () => {
    const answer = await admin.uploadInClear('huge', 'tenant.key');
    expect(answer.status).toBe(413);
    expect(bodyOf(answer)).toMatchObject({ code: 'RCS_PAYLOAD_TOO_LARGE' });
  });

  it.each([
    ['no certificate', {}, 'certificate'],
    ['neither key nor JWE', { certificate: 'x' }, 'keyJwe'],
    ['a bad alias', { certificate: 'x', privateKey: 'x', alias: 'a/b' }, 'alias'],
    ['an unknown field', { certificate: 'x', privateKey: 'x', certficate: 'x' }, 'certficate'],
  ])('%s', async (_, body, field) => {
    const answer = await admin.json('POST', '/rcs/certificates', body);
    expect(answer.status).toBe(400);
    expect(bodyOf<{ detail: string }>(answer).detail).toContain(field);
  });

  it('somebody without the privilege, and nobody', async () => {
    for (const credentials of [curlClient.asUser('carol'), curlClient.asOps(), curlClient.asRecorder()]) {
      const answer = await admin.send('/rcs/certificates', ...credentials);
      expect(answer.status).toBe(403);
    }
  });

  function expectProblem(answer: CurlAnswer, reason: string): void {
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(bodyOf(answer)).toMatchObject({ reason, detail: expect.any(String) as string });
  }
});

describe('two gateways, two sessions', () => {
  let second: SecondGateway;
  let elsewhere: CertificateAdministrator;
  beforeAll(async () => {
    second = await startSecondGateway(repository, cluster.ready, clearKeys);
    elsewhere = new CertificateAdministrator(cluster, work, second.url);
  });
  afterAll(async () => {
    await second?.stop();
  });

  it('an upload in one is in the next list of the other and is told to open consoles there', async () => {
    const { caFile, users } = cluster.ready;
    const user = `${users[0]!.name}:${users[0]!.password}`;
    const options = ['-sN', '--cacert', caFile, '--user', user, `${second.url}/rcs/certificate-events`];
    const console = spawn(...endingWithUs('curl', options));
    try {
      let heard = '';
      const listening = heardIn(console.stdout, text => (heard += text).includes(': listening'));
      await listening;
      const told = heardIn(console.stdout, text => (heard += text).includes('"action":"uploaded"'));
      await pairNamed('live', '-subj', '/CN=Live');
      expect((await admin.uploadInClear('live.pem', 'live.key', 'alias=live')).status).toBe(201);
      expect(await aliases(elsewhere)).toContain('live');
      await told;
      expect(heard).toContain('event: certificate\n');
    } finally {
      console.kill();
    }
  });

  it('a deletion in the other is in the next list of the first', async () => {
    await elsewhere.certificates('delete', 'live');
    expect(await aliases()).not.toContain('live');
  });
});

function heardIn(stream: NodeJS.ReadableStream, enough: (text: string) => boolean): Promise<void> {
  return new Promise(resolve => {
    const listen = (chunk: Buffer): void => {
      if (!enough(chunk.toString())) return;
      stream.off('data', listen);
      resolve();
    };
    stream.on('data', listen);
  });
}

const contentOf = (path: string): Promise<Buffer> => readFile(path);
