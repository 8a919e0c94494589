import { generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { readKeyFile, readKeystore } from '#certificates';
import { keytool } from '#test/keystores/keytool.js';

jest.setTimeout(120_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-keystores-'));
const at = (name: string): string => join(work, name);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
let certificate: X509Certificate;

beforeAll(() => {
  pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto }));
  writeFileSync(at('key.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const request = ['req', '-new', '-x509', '-key', at('key.pem'), '-out', at('certificate.pem'), '-subj', '/CN=Tenant'];
  execFileSync('openssl', request, { stdio: 'pipe' });
  certificate = new X509Certificate(readFileSync(at('certificate.pem')));
});
afterAll(() => rmSync(work, { recursive: true }));

const arrayBufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

/** PKCS#12 as PKI.js writes it. */
async function pkiJsKeystore(text: string, hash: 'SHA-1' | 'SHA-256' | 'SHA-512', bits: 128 | 256): Promise<Buffer> {
  const password = arrayBufferOf(Buffer.from(text));
  const keyBag = new pkijs.PKCS8ShroudedKeyBag({ parsedValue: pkijs.PrivateKeyInfo.fromBER(arrayBufferOf(pkcs8)) });
  await keyBag.makeInternalValues({
    password,
    contentEncryptionAlgorithm: { name: 'AES-CBC', length: bits, iv: new Uint8Array(16) },
    hmacHashAlgorithm: hash,
    iterationCount: 2048,
  });
  const friendlyName = new pkijs.Attribute({
    type: '1.2.840.113549.1.9.20',
    values: [new asn1js.BmpString({ value: 'Tenant Ä' })],
  });
  const certBag = new pkijs.CertBag({ parsedValue: pkijs.Certificate.fromBER(arrayBufferOf(certificate.raw)) });
  const safeBags = [
    new pkijs.SafeBag({ bagId: '1.2.840.113549.1.12.10.1.2', bagValue: keyBag, bagAttributes: [friendlyName] }),
    new pkijs.SafeBag({ bagId: '1.2.840.113549.1.12.10.1.3', bagValue: certBag }),
  ];
  const authenticatedSafe = new pkijs.AuthenticatedSafe({
    parsedValue: { safeContents: [{ privacyMode: 0, value: new pkijs.SafeContents({ safeBags }) }] },
  });
  const pfx = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } });
  await authenticatedSafe.makeInternalValues({ safeContents: [{}] });
  await pfx.makeInternalValues({ password, iterations: 2048, pbkdf2HashAlgorithm: hash, hmacHashAlgorithm: hash });
  return Buffer.from(pfx.toSchema().toBER(false));
}

describe('keystores that PKI.js writes', () => {
  it.each([
    ['SHA-1', 128],
    ['SHA-256', 256],
    ['SHA-512', 256],
  ] as const)('with %s and AES-%d', async (hash, bits) => {
    const file = await pkiJsKeystore('storepwd', hash, bits);
    const { entries, integrityVerified } = readKeystore(file, 'storepwd');
    expect([integrityVerified, entries.map(({ alias }) => alias)]).toEqual([true, ['Tenant Ä']]);
    const read = readKeyFile(file, 'storepwd');
    expect(read.pkcs8.equals(pkcs8)).toBe(true);
    expect(read.certificates.map(({ der }) => der.equals(certificate.raw))).toEqual([true]);
    expect(() => readKeystore(file, 'storepwd2')).toThrow('the password is wrong');
  });
});

it('one key goes from openssl through keytool, in all its stores, and comes out the same', async () => {
  const pair = ['-inkey', at('key.pem'), '-in', at('certificate.pem'), '-name', 'tenant', '-passout', 'pass:storepwd'];
  execFileSync('openssl', ['pkcs12', '-export', ...pair, '-out', at('openssl.p12')], { stdio: 'pipe' });
  for (const type of ['PKCS12', 'JKS', 'JCEKS']) {
    const source = ['-srckeystore', at('openssl.p12'), '-srcstoretype', 'PKCS12', '-srcstorepass', 'storepwd'];
    const own = type === 'PKCS12' ? 'storepwd' : 'key-of-its-own';
    const target = [
      '-destkeystore',
      at(type),
      '-deststoretype',
      type,
      '-deststorepass',
      'storepwd',
      '-destkeypass',
      own,
    ];
    await keytool('-importkeystore', '-noprompt', '-srcalias', 'tenant', ...source, ...target);
    const read = readKeyFile(readFileSync(at(type)), 'storepwd', { alias: 'TENANT', keyPassword: own });
    expect(read.pkcs8.equals(pkcs8)).toBe(true);
    expect(read.certificates.map(({ der }) => der.equals(certificate.raw))).toEqual([true]);
    if (type === 'PKCS12') continue;
    expect(() => readKeyFile(readFileSync(at(type)), 'storepwd')).toThrow('the password is wrong');
  }
});
