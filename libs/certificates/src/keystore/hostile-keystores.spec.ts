import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { refusal } from '../testing/certificate-refusal.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { readKeystore } from './read-keystore.js';

const password = 'storepwd';

/** As DataOutputStream writes. */
const u32 = (value: number): Buffer => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
};
const text = (value: string): Buffer => Buffer.concat([Buffer.of(0, value.length), Buffer.from(value)]);
const date = Buffer.alloc(8);

/** A Java keystore with a right digest: its author knows the password. */
function signedJavaKeystore(magic: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat([u32(magic), ...content]);
  const secret = Buffer.from(password, 'utf16le').swap16();
  const digest = createHash('sha1').update(secret).update('Mighty Aphrodite').update(body).digest();
  return Buffer.concat([body, digest]);
}

const jks = (...content: readonly Buffer[]): Buffer => signedJavaKeystore(0xfeedfeed, ...content);
const jceks = (...content: readonly Buffer[]): Buffer => signedJavaKeystore(0xcececece, ...content);
const certificate = (octets: Buffer): Buffer => Buffer.concat([text('X.509'), u32(octets.length), octets]);
const objectStream = Buffer.from('aced0005', 'hex');
const secretKey = (...object: readonly Buffer[]): Buffer =>
  jceks(u32(2), u32(1), u32(3), text('a'), date, objectStream, ...object);

describe('hostile keystores', () => {
  const openssl = new OpenSsl();
  let samples: readonly Buffer[] = [];

  beforeAll(() => {
    openssl.run('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', 'a.key', '-out', 'a.pem', '-subj', '/CN=A');
    openssl.run('x509', '-in', 'a.pem', '-outform', 'der', '-out', 'a.der');
    const pair = ['-export', '-inkey', 'a.key', '-in', 'a.pem', '-passout', `pass:${password}`, '-iter', '2'];
    openssl.run('pkcs12', ...pair, '-out', 'p12');
    openssl.run('pkcs12', ...pair, '-nomac', '-keypbe', 'NONE', '-out', 'clear');
    const trusted = [u32(2), u32(1), u32(2), text('a'), date, certificate(openssl.read('a.der'))];
    const key = [u32(2), u32(1), u32(1), text('k'), date, u32(3), Buffer.of(0x30, 1, 0), u32(1)];
    samples = [
      openssl.read('p12'),
      openssl.read('clear'),
      jks(...trusted),
      jceks(...key, certificate(openssl.read('a.der'))),
    ];
  });
  afterAll(() => openssl.remove());

  /** Whatever happens is a typed refusal or a result; anything else would be thrown on. */
  function readAll(file: Buffer, secret: string | undefined): void {
    refusal(() => {
      const keystore = readKeystore(file, secret);
      for (const entry of keystore.entries) if (entry.type === 'private-key') refusal(() => entry.openPrivateKey());
      keystore.wipe();
    });
  }

  it('never ends in anything but a typed error when a file is cut off', () => {
    for (const sample of samples) {
      expect(refusal(() => readKeystore(sample, password))).toBeUndefined();
      for (let length = 0; length < sample.length; length += 7) {
        expect(refusal(() => readKeystore(sample.subarray(0, length), password))).toEqual(
          expect.stringMatching(/^KEYSTORE_/),
        );
      }
    }
  });

  it('never ends in anything but a typed error when octets change', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.nat(3), changes, fc.boolean(), (index, edits, withPassword) => {
        const file = Buffer.from(samples[index] ?? Buffer.alloc(0));
        for (const [at, octet] of edits) file[at % file.length] = octet;
        readAll(file, withPassword ? password : undefined);
      }),
      { numRuns: 1500 },
    );
  });

  it.each<[string, string, () => Buffer]>([
    ['a million entries', 'KEYSTORE_MALFORMED', () => jks(u32(2), u32(1_000_000))],
    ['4294967295 entries', 'KEYSTORE_MALFORMED', () => jks(u32(2), u32(0xffffffff))],
    ['another version', 'KEYSTORE_UNSUPPORTED', () => jks(u32(3), u32(0))],
    [
      'a certificate of 4 GiB',
      'KEYSTORE_MALFORMED',
      () => jks(u32(2), u32(1), u32(2), text('a'), date, text('X.509'), u32(0xffffffff)),
    ],
    [
      'a chain of 4294967295',
      'KEYSTORE_MALFORMED',
      () => jks(u32(2), u32(1), u32(1), text('a'), date, u32(0), u32(0xffffffff)),
    ],
    ['an unknown entry', 'KEYSTORE_MALFORMED', () => jks(u32(2), u32(1), u32(9), text('a'), date)],
    ['a secret key in JKS', 'KEYSTORE_MALFORMED', () => jks(u32(2), u32(1), u32(3), text('a'), date)],
    [
      'something between the last entry and the digest',
      'KEYSTORE_PASSWORD_WRONG',
      () => jks(u32(2), u32(0), Buffer.alloc(3)),
    ],
    [
      'a certificate that is none of X.509',
      'KEYSTORE_UNSUPPORTED',
      () => jks(u32(2), u32(1), u32(2), text('a'), date, text('PGP'), u32(0)),
    ],
    ['an object of no known kind', 'KEYSTORE_MALFORMED', () => secretKey(Buffer.of(0x79))],
    [
      'arrays of 4 GiB',
      'KEYSTORE_MALFORMED',
      () =>
        secretKey(Buffer.of(0x75, 0x72), text('[B'), Buffer.alloc(8), Buffer.of(2, 0, 0, 0x78, 0x70), u32(0xffffffff)),
    ],
    [
      'classes inside classes without end',
      'KEYSTORE_MALFORMED',
      () =>
        secretKey(
          Buffer.of(0x73),
          ...Array.from({ length: 5000 }, () =>
            Buffer.concat([Buffer.of(0x72), text('A'), Buffer.alloc(8), Buffer.of(2, 0, 0, 0x78)]),
          ),
        ),
    ],
    [
      'a class that is its own parent',
      'KEYSTORE_MALFORMED',
      () =>
        secretKey(Buffer.of(0x73, 0x72), text('A'), Buffer.alloc(8), Buffer.from('0200017100780071007e0000', 'hex')),
    ],
    [
      'elements nested 100000 deep',
      'KEYSTORE_MALFORMED',
      () => Buffer.concat([Buffer.from('30800201033080', 'hex'), Buffer.alloc(200_000, Buffer.of(0x24, 0x80))]),
    ],
    ['more than any keystore has', 'KEYSTORE_TOO_LARGE', () => Buffer.alloc(33 * 1024 * 1024)],
    ['nothing', 'KEYSTORE_UNRECOGNISED', () => Buffer.alloc(0)],
    ['text', 'KEYSTORE_UNRECOGNISED', () => Buffer.from('-----BEGIN CERTIFICATE-----')],
    ['a DER certificate', 'KEYSTORE_UNRECOGNISED', () => openssl.read('a.der')],
  ])('refuses %s with %s', (_what, code, file) => {
    expect(refusal(() => readKeystore(file(), password))).toBe(code);
  });

  it('keeps a date no calendar reaches out of the entry', () => {
    const file = jks(u32(2), u32(1), u32(2), text('a'), Buffer.alloc(8, 0x7f), certificate(openssl.read('a.der')));
    expect(readKeystore(file, password).entries).toMatchObject([{ alias: 'a', createdAt: undefined }]);
  });
});
