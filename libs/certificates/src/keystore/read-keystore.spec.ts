import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../testing/certificate-refusal.js';
import { keytool, keytoolTimeoutMs } from '../testing/keytool.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import type { Keystore, KeystoreType, PrivateKeyEntry } from './keystore.js';
import { keystoreType, readKeystore } from './read-keystore.js';
import { readTrustedCertificates } from './trusted-certificates.js';

const storePassword = 'störepwd-1';
/** JCEKS takes only ASCII for keys. */
const asciiPassword = 'storepwd-1';
const keyPassword = 'another-key-pwd';

function keyEntry(keystore: Keystore, alias: string): PrivateKeyEntry {
  const entry = keystore.entries.find(candidate => candidate.alias === alias);
  if (entry?.type !== 'private-key') throw new Error(`no private key ${alias}`);
  return entry;
}

function proveKeyBelongs(entry: PrivateKeyEntry, password?: string): void {
  const info = entry.openPrivateKey(password);
  const key = createPrivateKey({ key: info, format: 'der', type: 'pkcs8' });
  const [certificate] = entry.certificateChain;
  expect(certificate !== undefined && new X509Certificate(certificate).checkPrivateKey(key)).toBe(true);
}

jest.setTimeout(keytoolTimeoutMs);

describe('keystores made by keytool', () => {
  const files = new OpenSsl();
  const make = (store: string, ...parameters: string[]) => keytool(files.directory, ...parameters, '-keystore', store);

  beforeAll(() => {
    make(
      'authority',
      '-genkeypair',
      '-alias',
      'root',
      '-keyalg',
      'EC',
      '-dname',
      'CN=Root',
      '-ext',
      'bc:c',
      '-storepass',
      asciiPassword,
    );
    for (const type of ['JKS', 'JCEKS', 'PKCS12']) makeKeystore(type);
  }, 3 * keytoolTimeoutMs);
  afterAll(() => files.remove());

  /** `tenant` with a chain of two, `other` under its own password where the format has that, `root` without a key. */
  function makeKeystore(type: string): void {
    const [store, common] = [type.toLowerCase(), ['-storetype', type, '-storepass', asciiPassword]];
    const tenant = ['-alias', 'tenant', ...common];
    make(
      store,
      '-genkeypair',
      '-keyalg',
      'RSA',
      '-keysize',
      '2048',
      '-dname',
      'CN=Tenant',
      '-keypass',
      asciiPassword,
      ...tenant,
    );
    make(store, '-certreq', '-file', `${store}.csr`, ...tenant);
    const authority = ['-alias', 'root', '-storepass', asciiPassword];
    make('authority', '-gencert', '-infile', `${store}.csr`, '-outfile', `${store}.crt`, '-rfc', ...authority);
    make('authority', '-exportcert', '-file', 'root.crt', '-rfc', ...authority);
    make(store, '-importcert', '-noprompt', '-alias', 'root', '-file', 'root.crt', ...common);
    make(store, '-importcert', '-noprompt', '-file', `${store}.crt`, ...tenant);
    const other = type === 'PKCS12' ? asciiPassword : keyPassword;
    make(
      store,
      '-genkeypair',
      '-keyalg',
      'RSA',
      '-keysize',
      '2048',
      '-dname',
      'CN=Other',
      '-alias',
      'other',
      '-keypass',
      other,
      ...common,
    );
    if (type === 'JCEKS')
      make(
        store,
        '-genseckey',
        '-keyalg',
        'AES',
        '-keysize',
        '256',
        '-alias',
        'secret',
        '-keypass',
        asciiPassword,
        ...common,
      );
  }

  it.each<[string, KeystoreType, string[]]>([
    ['jks', 'JKS', ['tenant', 'root', 'other']],
    ['jceks', 'JCEKS', ['tenant', 'root', 'other', 'secret']],
    ['pkcs12', 'PKCS12', ['tenant', 'root', 'other']],
  ])('reads %s: keys with chains, trusted certificates, dates', (store, type, aliases) => {
    const file = files.read(store);
    expect(keystoreType(file)).toBe(type);
    const keystore = readKeystore(file, asciiPassword);
    expect(keystore).toMatchObject({ type, integrityVerified: true });
    expect(keystore.entries.map(({ alias }) => alias).sort()).toEqual([...aliases].sort());
    const tenant = keyEntry(keystore, 'tenant');
    const subjects = tenant.certificateChain.map(der => new X509Certificate(der).subject);
    expect(subjects).toEqual(['CN=Tenant', 'CN=Root']);
    proveKeyBelongs(tenant);
    const age = Date.now() - (tenant.createdAt?.getTime() ?? 0);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(24 * 3600_000);
  });

  it.each(['jks', 'jceks', 'pkcs12'])('reads %s with anything behind its end, as keytool does', store => {
    const aliases = readKeystore(files.read(store), asciiPassword).entries.map(({ alias }) => alias);
    for (const behind of ['\n', '\r\n', '\0'.repeat(700), 'rest']) {
      const file = Buffer.concat([files.read(store), Buffer.from(behind)]);
      const keystore = readKeystore(file, asciiPassword);
      expect(keystore.integrityVerified).toBe(true);
      expect(keystore.entries.map(({ alias }) => alias)).toEqual(aliases);
    }
    writeFileSync(join(files.directory, 'behind'), Buffer.concat([files.read(store), Buffer.from('\n\0rest')]));
    make('behind', '-list', '-storepass', asciiPassword);
  });

  it.each(['jks', 'jceks'])('opens a key of %s that has its own password, and only with it', store => {
    const other = keyEntry(readKeystore(files.read(store), asciiPassword), 'other');
    proveKeyBelongs(other, keyPassword);
    expect(refusal(() => other.openPrivateKey())).toBe('PRIVATE_KEY_PASSWORD_WRONG');
    expect(refusal(() => other.openPrivateKey('nonsense'))).toBe('PRIVATE_KEY_PASSWORD_WRONG');
  });

  it.each(['jks', 'jceks', 'pkcs12'])('refuses a wrong password and a changed octet of %s', store => {
    const file = files.read(store);
    expect(refusal(() => readKeystore(file, 'wrong'))).toBe('KEYSTORE_PASSWORD_WRONG');
    file[file.length - 40] = (file[file.length - 40] ?? 0) ^ 1;
    expect(['KEYSTORE_PASSWORD_WRONG', 'KEYSTORE_MALFORMED']).toContain(
      refusal(() => readKeystore(file, asciiPassword)),
    );
  });

  it.each(['jks', 'jceks'])('lists %s without a password, as Java does, but opens no key', store => {
    const keystore = readKeystore(files.read(store));
    expect(keystore.integrityVerified).toBe(false);
    expect(refusal(() => keyEntry(keystore, 'tenant').openPrivateKey())).toBe('PRIVATE_KEY_PASSWORD_MISSING');
    expect(readTrustedCertificates(files.read(store))[0].subjectDn).toBe('CN=Root');
  });

  it('asks for the password of PKCS#12', () => {
    expect(refusal(() => readKeystore(files.read('pkcs12')))).toBe('KEYSTORE_PASSWORD_MISSING');
  });

  it.each(['jks', 'jceks', 'pkcs12', 'root.crt'])('takes the trusted certificates out of %s', store => {
    expect(readTrustedCertificates(files.read(store), asciiPassword).map(({ subjectDn }) => subjectDn)).toEqual([
      'CN=Root',
    ]);
  });

  it('reads PKCS#12 as Java wrote it until version 16: triple DES and RC2 with 40 bits', () => {
    const source = ['-srckeystore', 'pkcs12', '-srcstorepass', asciiPassword];
    const target = ['-deststoretype', 'PKCS12', '-destkeystore', 'old', '-deststorepass', asciiPassword];
    keytool(files.directory, '-J-Dkeystore.pkcs12.legacy', '-importkeystore', '-noprompt', ...source, ...target);
    const keystore = readKeystore(files.read('old'), asciiPassword);
    expect(keystore.entries.map(({ alias }) => alias).sort()).toEqual(['other', 'root', 'tenant']);
    proveKeyBelongs(keyEntry(keystore, 'tenant'));
  });

  it('reads passwords and aliases beyond ASCII as Java means them', () => {
    const parameters = ['-storetype', 'JKS', '-storepass', storePassword, '-alias', 'büro-😀'];
    make('unicode', '-importcert', '-noprompt', '-file', 'root.crt', ...parameters);
    const keystore = readKeystore(files.read('unicode'), Buffer.from(storePassword));
    expect(keystore).toMatchObject({ integrityVerified: true, entries: [{ alias: 'büro-😀' }] });
  });
});
