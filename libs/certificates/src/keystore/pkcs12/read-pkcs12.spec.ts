import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readBerElements } from '../../asn1/ber-element.js';
import { readSequence, readWholeSequence } from '../../asn1/ber-values.js';
import { readKeyFile } from '../../private-key/read-key-file.js';
import { refusal } from '../../testing/certificate-refusal.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { readKeystore } from '../read-keystore.js';
import { readTrustedCertificates } from '../trusted-certificates.js';

const password = 'störepwd';

const indefinite = (tag: number, ...content: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(tag, 0x80), ...content, Buffer.of(0, 0)]);

/** The outer levels of a PFX, written again as programs write them that do not know lengths beforehand. */
function inBer(der: Buffer): Buffer {
  const [version, authSafe, macData] = readWholeSequence(der, 'PFX');
  const [contentType, content] = readSequence(authSafe, 'ContentInfo');
  const [octets] = readBerElements(content?.content ?? Buffer.alloc(0));
  const segments: Buffer[] = [];
  for (let at = 0; at < (octets?.content.length ?? 0); at += 100) {
    const part = octets?.content.subarray(at, at + 100) ?? Buffer.alloc(0);
    segments.push(indefinite(0x24, Buffer.of(0x04, part.length), part));
  }
  const whole = [version, contentType, macData].map(element => element?.encoded ?? Buffer.alloc(0));
  const [versionDer, contentTypeDer, macDataDer] = whole as [Buffer, Buffer, Buffer];
  const safe = indefinite(0x30, contentTypeDer, indefinite(0xa0, indefinite(0x24, ...segments)));
  return indefinite(0x30, versionDer, safe, macDataDer);
}

const legacy = ['-provider', 'legacy', '-provider', 'default'];
const files: Readonly<Record<string, readonly string[]>> = {
  modern: [],
  legacy: ['-legacy'],
  'triple-des': ['-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
  'two-key-triple-des': [...legacy, '-certpbe', 'PBE-SHA1-2DES', '-keypbe', 'PBE-SHA1-2DES'],
  'rc2-128': [...legacy, '-certpbe', 'PBE-SHA1-RC2-128', '-keypbe', 'PBE-SHA1-RC2-128'],
  'rc4-128': [...legacy, '-certpbe', 'PBE-SHA1-RC4-128', '-keypbe', 'PBE-SHA1-RC4-128'],
  'rc4-40': [...legacy, '-certpbe', 'PBE-SHA1-RC4-40', '-keypbe', 'PBE-SHA1-RC4-40'],
  'sha-512-256': ['-macalg', 'sha512-256'],
  'aes-128': ['-certpbe', 'AES-128-CBC', '-keypbe', 'AES-192-CBC', '-macalg', 'sha512'],
  'sha-384': ['-macalg', 'sha384', '-iter', '10000', '-maciter'],
  'one-iteration': ['-noiter', '-nomaciter'],
  'certificates-in-clear': ['-certpbe', 'NONE'],
  'keys-in-clear': ['-keypbe', 'NONE'],
  'without-mac': ['-nomac'],
};

describe('PKCS#12 made by openssl', () => {
  const openssl = new OpenSsl();

  beforeAll(() => {
    const request = ['-newkey', 'rsa:2048', '-noenc'];
    openssl.run('req', '-x509', ...request, '-keyout', 'root.key', '-out', 'root.pem', '-subj', '/CN=Root');
    openssl.run('req', '-new', ...request, '-keyout', 'tenant.key', '-out', 'tenant.csr', '-subj', '/CN=Tenant');
    const issue = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial'];
    openssl.run('x509', '-req', '-in', 'tenant.csr', ...issue, '-out', 'tenant.pem');
    const pair = ['-inkey', 'tenant.key', '-in', 'tenant.pem', '-certfile', 'root.pem', '-name', 'Tenant Ä'];
    for (const [name, options] of Object.entries(files)) exportPkcs12(name, password, ...pair, ...options);
    exportPkcs12('empty-password', '', ...pair);
    exportPkcs12('password-octet-by-octet', Buffer.from(password).toString('latin1'), ...pair, ...files['triple-des']!);
    exportPkcs12('trust', password, '-nokeys', '-in', 'root.pem', '-caname', 'authority');
    exportPkcs12('costly', password, ...pair, '-iter', '65536');
    openssl.run('genrsa', '-out', 'small.key', '1024');
    openssl.run('req', '-x509', '-key', 'small.key', '-out', 'small.pem', '-subj', '/CN=Small');
    exportPkcs12('small', password, '-inkey', 'small.key', '-in', 'small.pem');
  });
  afterAll(() => openssl.remove());

  function exportPkcs12(name: string, secret: string, ...parameters: readonly string[]): void {
    openssl.run('pkcs12', '-export', '-out', name, '-passout', `pass:${secret}`, ...parameters);
  }

  it.each([...Object.keys(files), 'empty-password', 'password-octet-by-octet'])('reads %s', name => {
    const keystore = readKeystore(openssl.read(name), name === 'empty-password' ? undefined : password);
    expect(keystore.integrityVerified).toBe(name !== 'without-mac');
    expect(keystore.entries.map(({ type, alias }) => [type, alias])).toEqual([['private-key', 'Tenant Ä']]);
    const [entry] = keystore.entries;
    if (entry?.type !== 'private-key') throw new Error('no private key');
    expect(entry.certificateChain.map(der => new X509Certificate(der).subject)).toEqual(['CN=Tenant', 'CN=Root']);
    const key = createPrivateKey({ key: entry.openPrivateKey(), format: 'der', type: 'pkcs8' });
    expect(key.equals(createPrivateKey(openssl.read('tenant.key')))).toBe(true);
  });

  it('reads a friendlyName in UTF-8, as some programs write it, and passes over an odd one', () => {
    const clear = ['-certpbe', 'NONE', '-keypbe', 'NONE', '-nomac'];
    exportPkcs12('named', password, '-inkey', 'tenant.key', '-in', 'tenant.pem', '-name', 'ab', ...clear);
    const bmpString = '1e0400610062';
    const namedBy = (value: string): readonly string[] => {
      const file = openssl.read('named').toString('hex').replaceAll(bmpString, value);
      return readKeystore(Buffer.from(file, 'hex'), password).entries.map(({ type, alias }) => `${type} ${alias}`);
    };
    expect(namedBy(bmpString)).toEqual(['private-key ab']);
    expect(namedBy('0c04c3b66162')).toEqual(['private-key öab']);
    // Octets are no name: the entry gets one of its own.
    expect(namedBy('040400610062')).toEqual([expect.stringMatching(/^private-key .+$/)]);
  });

  it.each(Object.keys(files))('refuses a wrong password for %s', name => {
    const code = refusal(() => {
      for (const entry of readKeystore(openssl.read(name), 'wrong').entries) {
        if (entry.type === 'private-key') entry.openPrivateKey();
      }
    });
    // OpenSSL writes no MAC only together with certificates in clear.
    expect(code).toBe(name === 'without-mac' ? 'PRIVATE_KEY_PASSWORD_WRONG' : 'KEYSTORE_PASSWORD_WRONG');
  });

  it('reads a file in BER: indefinite lengths, and content in segments of segments', () => {
    const keystore = readKeystore(inBer(openssl.read('modern')), password);
    expect(keystore.integrityVerified).toBe(true);
    expect(keystore.entries.map(({ type, alias }) => [type, alias])).toEqual([['private-key', 'Tenant Ä']]);
  });

  it.each(Object.keys(files))('reads %s with anything behind its end, as openssl does', name => {
    const read = (file: Buffer): readonly string[] => readKeystore(file, password).entries.map(({ alias }) => alias);
    for (const behind of ['\n', '\r\n', '\0'.repeat(512), '\x1a', '-----', '\x30\x82\xff\xff']) {
      const file = Buffer.concat([openssl.read(name), Buffer.from(behind, 'latin1')]);
      expect({ behind, read: read(file) }).toEqual({ behind, read: ['Tenant Ä'] });
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), rest => {
        expect(read(Buffer.concat([openssl.read(name), rest]))).toEqual(['Tenant Ä']);
      }),
      { numRuns: 20 },
    );
    writeFileSync(join(openssl.directory, 'behind'), Buffer.concat([openssl.read(name), Buffer.from('\n\0rest')]));
    openssl.run('pkcs12', ...legacy, '-in', 'behind', '-passin', `pass:${password}`, '-noout');
  });

  it('takes authorities out of a file without keys', () => {
    const [authority, ...others] = readTrustedCertificates(openssl.read('trust'), password);
    expect([authority.subjectDn, others]).toEqual(['CN=Root', []]);
    expect(refusal(() => readTrustedCertificates(openssl.read('modern'), password))).toBe('KEYSTORE_ENTRY_MISSING');
  });

  it('gives the one key of a file to an import, with its chain', () => {
    const file = readKeyFile(openssl.read('legacy'), password);
    expect(file).toMatchObject({
      format: 'PKCS12',
      certificates: [{ subjectDn: 'CN=Tenant' }, { subjectDn: 'CN=Root' }],
    });
    expect(file.publicKey.equals(createPrivateKey(openssl.read('tenant.key')))).toBe(false);
    expect(file.certificates[0]?.publicKey.equals(file.publicKey)).toBe(true);
    expect(refusal(() => readKeyFile(openssl.read('legacy'), password, { alias: 'other' }))).toBe(
      'KEYSTORE_ENTRY_MISSING',
    );
    expect(refusal(() => readKeyFile(openssl.read('trust'), password))).toBe('KEYSTORE_ENTRY_MISSING');
    expect(refusal(() => readKeyFile(openssl.read('small'), password))).toBe('PRIVATE_KEY_TOO_SMALL');
  });

  it('refuses iteration counts that would stop the process, of the MAC and of the encryption', () => {
    const file = openssl.read('costly');
    const count = Buffer.from('0203010000', 'hex');
    expect(file.includes(count)).toBe(true);
    for (let at = file.indexOf(count); at !== -1; at = file.indexOf(count, at + 1)) file.write('02037fffff', at, 'hex');
    expect(refusal(() => readKeystore(file, password))).toBe('ENCRYPTION_TOO_COSTLY');
  });

  it('forgets what it decrypted', () => {
    const keystore = readKeystore(openssl.read('keys-in-clear'), password);
    const certificates = readKeystore(openssl.read('modern'), password);
    certificates.wipe();
    const [entry] = certificates.entries;
    expect(entry?.type === 'private-key' && entry.certificateChain.every(der => der.every(octet => octet === 0))).toBe(
      true,
    );
    keystore.wipe();
  });
});
