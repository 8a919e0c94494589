import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdOf } from '#test/cluster/process-id.js';
import { countInMemory } from '#test/cluster/process-memory.js';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { startSecondGateway } from '#test/cluster/second-gateway.js';
import { bodyOf, CertificateAdministrator } from './certificate-administrator.js';
import { openssl } from './external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-private-keys-'));
const file = (name: string): string => join(work, name);
let cluster: RunningCluster;
let admin: CertificateAdministrator;

beforeAll(async () => {
  for (const name of ['sealed', 'protected', 'inspected', 'clear']) {
    const key = ['-newkey', 'rsa:2048', '-noenc', '-keyout', file(`${name}.key`)];
    await openssl('req', '-new', '-x509', ...key, '-out', file(`${name}.pem`), '-days', '30', '-subj', `/CN=${name}`);
  }
  const encryption = ['-aes-256-cbc', '-passout', 'pass:secret'];
  await openssl('rsa', '-in', file('protected.key'), ...encryption, '-out', file('encrypted.key'));
  writeFileSync(file('key.password'), 'secret\n');
  cluster = await joinCluster(repository, work);
  admin = new CertificateAdministrator(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** What the memory of a process would have in it, had it ever seen the key. */
function traces(name: string): Record<string, Buffer> {
  const pem = readFileSync(file(`${name}.key`), 'latin1');
  const lines = pem.split('\n');
  const { p = '', q = '', d = '' } = createPrivateKey(pem).export({ format: 'jwk' });
  const number = (text: string): Buffer => Buffer.from(text, 'base64url');
  const found: Record<string, Buffer> = { text: Buffer.from(lines[Math.floor(lines.length / 2)]!, 'latin1') };
  for (const [part, value] of Object.entries({ p: number(p), q: number(q), d: number(d) })) {
    found[part] = value;
    // As OpenSSL keeps large numbers, the last word first.
    found[`${part} reversed`] = Buffer.from(value).reverse();
  }
  return found;
}
const nothing = (name: string): Record<string, number> =>
  Object.fromEntries(Object.keys(traces(name)).map(trace => [trace, 0]));

const gatewayMemory = (name: string): Record<string, number> =>
  countInMemory(processIdOf('playback-gateway', cluster.ready.dataDir), traces(name));

describe('a private key never is in the memory of the gateway', () => {
  it('when rcsctl uploads it', async () => {
    const pair = ['--certificate', file('sealed.pem'), '--key', file('sealed.key')];
    expect(await admin.certificates('upload', ...pair, '--alias', 'sealed')).toMatchObject({
      alias: 'sealed',
      outcome: 'created',
      keyDetails: { size: 2048, format: 'PKCS#8', presence: 'present' },
    });
    expect(gatewayMemory('sealed')).toEqual(nothing('sealed'));
  });

  it('when it is encrypted with a password, nor the password', async () => {
    const pair = ['--certificate', file('protected.pem'), '--key', file('encrypted.key')];
    await admin.certificates('upload', ...pair, '--key-password-file', file('key.password'));
    expect(gatewayMemory('protected')).toEqual(nothing('protected'));
  });

  it('when rcsctl inspects it', async () => {
    const pair = ['--certificate', file('inspected.pem'), '--key', file('inspected.key')];
    const { key, certificate } = await admin.certificates('inspect', ...pair);
    expect(key).toEqual({ format: 'PKCS#8', encrypted: false, size: 2048, matchesCertificate: true });
    expect(certificate).toMatchObject({ issuedTo: 'inspected' });
    expect(gatewayMemory('inspected')).toEqual(nothing('inspected'));
  });
});

it('rcsctl names the file that is wrong, and sends nothing', async () => {
  const foreign = await admin.run('upload', '--certificate', file('inspected.pem'), '--key', file('clear.key'));
  expect(foreign.status).toBe(1);
  expect(foreign.stderr).toContain(`${file('clear.key')}: the private key does not belong to the certificate`);
  writeFileSync(file('damaged.key'), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
  const damaged = await admin.run('upload', '--certificate', file('inspected.pem'), '--key', file('damaged.key'));
  expect(damaged.status).toBe(1);
  expect(damaged.stderr).toContain(file('damaged.key'));
});

it('a key in clear is refused with what to do instead', async () => {
  const body = {
    certificate: readFileSync(file('clear.pem'), 'utf8'),
    privateKey: readFileSync(file('clear.key'), 'utf8'),
  };
  for (const answer of [
    await admin.json('POST', '/rcs/certificates', body),
    await admin.json('POST', '/rcs/certificates/inspect', body),
    await admin.uploadInClear('clear.pem', 'clear.key'),
  ]) {
    expect(answer.status).toBe(400);
    expect(bodyOf(answer)).toMatchObject({
      code: 'RCS_CLEAR_PRIVATE_KEY_REFUSED',
      detail: expect.stringMatching(/rcsctl certificates upload.*keyJwe/) as string,
    });
  }
  const { certificates } = await admin.certificates<{ certificates: { alias: string }[] }>('list');
  expect(certificates.map(({ alias }) => alias)).not.toContain('clear');
});

it('where it is allowed, the gateway warns at start, and the key is found in its memory', async () => {
  const option = { RCS_RECORDING_CERTIFICATES__ACCEPT_CLEAR_PRIVATE_KEYS: 'true' };
  const second = await startSecondGateway(repository, cluster.ready, option);
  try {
    const log = readFileSync(join(cluster.ready.dataDir, 'logs/second-gateway.log'), 'utf8');
    expect(log).toMatch(/"level":"warn".*private keys are taken in clear/);
    const elsewhere = new CertificateAdministrator(cluster, work, second.url);
    expect((await elsewhere.uploadInClear('clear.pem', 'clear.key')).status).toBe(201);
    // Also the proof that the search above would have found something.
    const found = countInMemory(processIdOf('second-gateway', cluster.ready.dataDir), traces('clear'));
    expect(Object.values(found).reduce((sum, count) => sum + count)).toBeGreaterThan(0);
  } finally {
    await second.stop();
  }
});
