import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readKeyFile, readKeystore } from '#certificates';
import { BufferSource, readAttachedEnvelope } from '#cms';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { OpensslWorkshop, type TestRecipient } from '../../libs/cms/src/testing/openssl.js';
import { openWithKey, refusalOf } from './open-with-key.js';

/*
 * What System.Security.Cryptography.Pkcs.EnvelopedCms and X509Certificate2.Export write, by their documentation, made by
 * openssl: EnvelopedData of version 0 with issuer and serial number and of version 2 with the subject key identifier, AES-256
 * since .NET Core 3 and 3DES before, RC2 by name; PFX with 2,000 iterations, LocalKeySet, the name of the CSP and friendlyName.
 */
jest.setTimeout(120_000);

const workshop = new OpensslWorkshop();
const plaintext = mediaLike(20_001);
let us: TestRecipient;

beforeAll(() => {
  us = workshop.recipient('us');
  workshop.file('plain', plaintext);
});
afterAll(() => workshop.close());

const encoded = (cipher: string, ...options: readonly string[]): Buffer =>
  workshop.output(
    'cms',
    '-encrypt',
    '-binary',
    cipher,
    '-outform',
    'DER',
    ...options,
    '-in',
    workshop.file('plain'),
    us.certificateFile,
  );
/** Convert.ToBase64String with InsertLineBreaks. */
const withLineBreaks = (bytes: Buffer): string => bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n');
/** PemEncoding.Write, and what people make of it by hand. */
const pem = (bytes: Buffer): string =>
  `-----BEGIN PKCS7-----\n${bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END PKCS7-----`;

describe('EnvelopedCms', () => {
  it.each([
    ['SubjectIdentifierType.IssuerAndSerialNumber', 0, []],
    ['SubjectIdentifierType.SubjectKeyIdentifier', 2, ['-keyid']],
  ] as const)('%s is version %d, and opened with each of its ciphers', async (_, version, options) => {
    for (const cipher of ['-aes256', '-aes128', '-des3']) {
      const der = encoded(cipher, ...options);
      const { envelopeBytes } = await readAttachedEnvelope(new BufferSource(der), new AbortController().signal);
      const enveloped = envelopeBytes.indexOf(Buffer.from([0x02, 0x01, version, 0x31]));
      expect(enveloped).toBeGreaterThan(0);
      expect((await openWithKey(der, us.privateKey)).equals(plaintext)).toBe(true);
    }
  });

  it('is opened in base64 with line breaks, with a mark of byte order, and in PEM without a last line end', async () => {
    const der = encoded('-aes256');
    for (const text of [
      der.toString('base64'),
      withLineBreaks(der),
      `\ufeff${withLineBreaks(der)}\r\n`,
      pem(der),
      `\ufeff${pem(der).replaceAll('\n', '\r\n')}`,
    ])
      expect((await openWithKey(Buffer.from(text), us.privateKey)).equals(plaintext)).toBe(true);
  });

  it('in UTF-16, as Encoding.Unicode writes it, is refused by name', async () => {
    const der = encoded('-aes256');
    for (const text of [pem(der), `\ufeff${pem(der)}`])
      expect(await refusalOf(Buffer.from(text, 'utf16le'))).toContain('UTF-16');
    expect(await refusalOf(Buffer.from(`\ufeff${withLineBreaks(der)}`, 'utf16le'))).toMatch(/UTF-16|base64/);
  });

  it('with RC2 is refused by its identifier', async () => {
    const legacy = ['-provider', 'legacy', '-provider', 'default'];
    expect(await refusalOf(encoded('-rc2-128', ...legacy))).toContain('1.2.840.113549.3.2');
  });
});

describe('X509Certificate2.Export', () => {
  const exported = (name: string, ...options: readonly string[]): Buffer => {
    const pair = ['-inkey', us.keyFile, '-in', us.certificateFile, '-name', 'Aufnahme 2026', '-iter', '2000'];
    const windows = ['-LMK', '-CSP', 'Microsoft Enhanced RSA and AES Cryptographic Provider'];
    const output = ['-out', workshop.file(name), '-passout', 'pass:storepwd'];
    execFileSync('openssl', ['pkcs12', '-export', ...pair, ...windows, ...options, ...output], { stdio: 'pipe' });
    return readFileSync(workshop.file(name));
  };

  it.each([
    ['3DES and SHA-1, until .NET 9', ['PBE-SHA1-3DES', 'PBE-SHA1-3DES', 'sha1']],
    ['3DES and RC2 with 40 bits, Windows before 10', ['PBE-SHA1-3DES', 'PBE-SHA1-RC2-40', 'sha1']],
    ['AES-256 and SHA-256', ['AES-256-CBC', 'AES-256-CBC', 'sha256']],
  ])('%s is read with its attributes', (_, [key, certificate, mac]) => {
    const legacy = ['-provider', 'legacy', '-provider', 'default'];
    const file = exported(mac!, '-keypbe', key!, '-certpbe', certificate!, '-macalg', mac!, ...legacy);
    const { entries, integrityVerified } = readKeystore(file, 'storepwd');
    expect([integrityVerified, entries.map(({ alias }) => alias)]).toEqual([true, ['Aufnahme 2026']]);
    const pkcs8 = us.privateKey.export({ format: 'der', type: 'pkcs8' });
    expect(readKeyFile(file, 'storepwd').pkcs8.equals(pkcs8)).toBe(true);
    expect(() => readKeystore(file, 'wrong')).toThrow('the password is wrong');
  });
});
