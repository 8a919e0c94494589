import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose';
import { isKeyOf } from './certificate-key.js';
import { KeyFileProblem } from './key-file-problem.js';
import { openKey, readKeyFile } from './private-key.js';
import { sealKey } from './seal-key.js';

const work = mkdtempSync(join(tmpdir(), 'rcs-browser-keys-'));
const file = (name: string): string => readFileSync(join(work, name), 'utf8');
const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { cwd: work, stdio: 'pipe', timeout: 60_000 });
};
const subject = '/CN=Genesys Recording/C=US/ST=California/O=Genesys';
const reasonOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof KeyFileProblem) return error.reason;
    throw error;
  }
  return 'none';
};

beforeAll(() => {
  // As the administrator guide makes them.
  openssl('genrsa', '-traditional', '-out', 'tenant.key', '2048');
  openssl('req', '-new', '-x509', '-key', 'tenant.key', '-out', 'tenant.pem', '-days', '3650', '-subj', subject);
  openssl(
    'pkcs8',
    '-topk8',
    '-inform',
    'pem',
    '-in',
    'tenant.key',
    '-outform',
    'pem',
    '-nocrypt',
    '-out',
    'private.pem',
  );
  const encrypted = ['pkcs8', '-topk8', '-in', 'tenant.key', '-passout', 'pass:a pässword'];
  openssl(...encrypted, '-v2', 'aes-256-cbc', '-out', 'aes-256.pem');
  openssl(...encrypted, '-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA1', '-out', 'aes-128-sha-1.pem');
  openssl(...encrypted, '-scrypt', '-out', 'scrypt.pem');
  openssl('rsa', '-in', 'tenant.key', '-traditional', '-aes128', '-passout', 'pass:x', '-out', 'proc-type.key');
  openssl('genrsa', '-out', 'other.key', '2048');
  openssl('genrsa', '-out', 'short.key', '1024');
  openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', 'ec.key');
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('a private key in the browser', () => {
  it.each([
    ['tenant.key', 'OpenSSL RSA private key', ''],
    ['private.pem', 'PKCS#8', ''],
    ['aes-256.pem', 'encrypted PKCS#8', 'a pässword'],
    ['aes-128-sha-1.pem', 'encrypted PKCS#8', 'a pässword'],
  ])('is read out of %s', async (name, format, password) => {
    const found = readKeyFile(file(name));
    expect(found).toMatchObject({ format, needsPassword: password !== '' });
    const { pkcs8, modulus, size } = await openKey(found, password);
    expect(size).toBe(2048);
    const expected = createPrivateKey(file('tenant.key')).export({ type: 'pkcs8', format: 'der' });
    expect(Buffer.from(pkcs8).equals(expected)).toBe(true);
    expect(isKeyOf({ modulus }, file('tenant.pem'))).toBe(true);
  });

  it('is told from that of another certificate', async () => {
    expect(isKeyOf(await openKey(readKeyFile(file('other.key')), ''), file('tenant.pem'))).toBe(false);
  });

  it.each([
    ['a wrong password', 'passwordWrong', () => openKey(readKeyFile(file('aes-256.pem')), 'b')],
    ['no password', 'passwordMissing', () => openKey(readKeyFile(file('aes-256.pem')), '')],
    ['scrypt', 'encryptionUnsupported', () => openKey(readKeyFile(file('scrypt.pem')), 'x')],
    [
      'a key encrypted as OpenSSL once did',
      'encryptionUnsupported',
      () => openKey(readKeyFile(file('proc-type.key')), 'x'),
    ],
    ['a key of an elliptic curve', 'notRsa', () => readKeyFile(file('ec.key'))],
    ['a short key', 'tooShort', () => openKey(readKeyFile(file('short.key')), '')],
    ['a certificate instead of the key', 'noKey', () => readKeyFile(file('tenant.pem'))],
    [
      'a key instead of the certificate',
      'noCertificate',
      () => isKeyOf({ modulus: Uint8Array.of(1) }, file('tenant.key')),
    ],
    ['no PEM at all', 'noPem', () => readKeyFile('hello')],
    ['a cut file', 'damaged', () => openKey(readKeyFile(file('private.pem').replace(/\n.{64}\n/, '\n')), '')],
    ['what is no base64', 'damaged', () => readKeyFile(file('private.pem').replace('MII', '!!!'))],
  ])('is not taken for what it is not: %s', async (_, reason, attempt) => {
    expect(await reasonOf(attempt)).toBe(reason);
  });

  it('is encrypted to each vault, and only it opens that', async () => {
    const vaults = await Promise.all([1, 2].map(() => generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })));
    const importKeys = await Promise.all(
      vaults.map(async ({ publicKey }, index) => ({ vault: `vault-${index}`, publicKey: await exportJWK(publicKey) })),
    );
    const { pkcs8 } = await openKey(readKeyFile(file('tenant.key')), '');
    const sealed = await sealKey(pkcs8, importKeys);
    expect(sealed.map(({ vault }) => vault)).toEqual(['vault-0', 'vault-1']);
    for (const [index, { jwe }] of sealed.entries()) {
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, vaults[index]!.privateKey);
      expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM' });
      expect(Buffer.from(plaintext).equals(pkcs8)).toBe(true);
      await expect(compactDecrypt(jwe, vaults[1 - index]!.privateKey)).rejects.toThrow();
    }
  });

  it('may have an odd number of bits', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2050 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect((await openKey(readKeyFile(pem), '')).size).toBe(2050);
  });
});
