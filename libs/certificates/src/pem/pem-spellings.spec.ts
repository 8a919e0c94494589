import { createPrivateKey, X509Certificate } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseCertificatePem } from '../certificate/parse-certificate.js';
import { parsePrivateKeyPem, privateKeyFormat } from '../private-key/parse-private-key.js';
import { needsPassword } from '../private-key/read-key-file.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { decodeBase64 } from './base64-octets.js';

const password = 'secret1';
const files = ['traditional.key', 'pkcs8.key', 'encrypted.key', 'proc-type.key', 'certificate.pem'] as const;

/** One way of writing a PEM file: RFC 7468 leaves all of this open, and RFC 1421 the blanks of its headers. */
interface Spelling {
  readonly lineEnds: readonly string[];
  readonly before: string;
  readonly behindLines: string;
  readonly indent: string;
  readonly behindColon: string;
  readonly behindComma: string;
  readonly lineLength: number;
  readonly behind: string;
}

const blanks = fc.constantFrom('', ' ', '  ', '\t');
const spelling: fc.Arbitrary<Spelling> = fc.record({
  lineEnds: fc.oneof(
    fc.constantFrom(['\n'], ['\r\n'], ['\r']),
    fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 2, maxLength: 5 }),
  ),
  before: fc.constantFrom('', '\uFEFF', 'Bag Attributes\n  friendlyName: a\nKey Attributes: <No Attributes>\n', '\n\n'),
  behindLines: blanks,
  indent: fc.constantFrom('', '', '  ', '\t'),
  behindColon: blanks,
  behindComma: blanks,
  lineLength: fc.constantFrom(1, 19, 64, 76, 4000),
  behind: fc.constantFrom('', '\n', '\0', 'more text'),
});

function spelled(pem: string, how: Spelling): Buffer {
  const [, begin = '', headers = '', base64 = '', end = ''] =
    /^(-----BEGIN [^\n]+)\n((?:[^\n]+:[^\n]+\n)*\n)?([^-]+)(-----END [^\n]+)/.exec(pem) ?? [];
  const digits = base64.replaceAll('\n', '');
  const lines = digits.match(new RegExp(`.{1,${how.lineLength}}`, 'g')) ?? [];
  const written = headers
    .split('\n')
    .slice(0, -1)
    .map(line => line.replace(/: */, `:${how.behindColon}`).replace(',', `,${how.behindComma}`));
  const whole = [begin, ...written, ...lines, end].map(line => `${how.indent}${line}${how.behindLines}`);
  const text = whole.map((line, index) => `${line}${how.lineEnds[index % how.lineEnds.length] ?? ''}`).join('');
  return Buffer.from(`${how.before}${text}${how.behind}`);
}

describe('PEM as it is written', () => {
  const openssl = new OpenSsl();
  const texts = new Map<string, string>();

  beforeAll(() => {
    openssl.run('genrsa', '-out', 'pkcs8.key', '2048');
    openssl.run('rsa', '-in', 'pkcs8.key', '-traditional', '-out', 'traditional.key');
    const secret = ['-in', 'pkcs8.key', '-passout', `pass:${password}`];
    openssl.run('rsa', ...secret, '-traditional', '-aes256', '-out', 'proc-type.key');
    openssl.run('pkcs8', ...secret, '-topk8', '-iter', '2', '-out', 'encrypted.key');
    openssl.run('req', '-new', '-x509', '-key', 'pkcs8.key', '-out', 'certificate.pem', '-subj', '/CN=A');
    for (const file of files) texts.set(file, openssl.read(file).toString());
  });
  afterAll(() => openssl.remove());

  it('is read with all line ends, blanks and spellings', () => {
    const key = createPrivateKey(texts.get('pkcs8.key')!);
    const certificate = new X509Certificate(texts.get('certificate.pem')!);
    fc.assert(
      fc.property(fc.constantFrom(...files), spelling, (file, how) => {
        const written = spelled(texts.get(file)!, how);
        if (file === 'certificate.pem') {
          expect(parseCertificatePem(written)[0].der.equals(certificate.raw)).toBe(true);
          return;
        }
        const encrypted = file === 'encrypted.key' || file === 'proc-type.key';
        expect([needsPassword(written), privateKeyFormat(written).startsWith('encrypted')]).toEqual([
          encrypted,
          encrypted,
        ]);
        const { pkcs8 } = parsePrivateKeyPem(written, encrypted ? password : undefined);
        expect(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).equals(key)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('is read wherever openssl reads it', () => {
    let judged = 0;
    const judge = (file: Buffer): boolean => {
      writeFileSync(join(openssl.directory, 'spelled.key'), file);
      const read = ['pkey', '-in', join(openssl.directory, 'spelled.key'), '-passin', `pass:${password}`, '-noout'];
      return spawnSync('openssl', read).status === 0;
    };
    fc.assert(
      fc.property(fc.constantFrom('encrypted.key', 'proc-type.key', 'traditional.key'), spelling, (file, how) => {
        const written = spelled(texts.get(file)!, how);
        if (!judge(written)) return;
        judged++;
        parsePrivateKeyPem(written, password).pkcs8.fill(0);
      }),
      { numRuns: 40 },
    );
    expect(judged).toBeGreaterThan(0);
  });

  it.each(['Proc-Type: 4,ENCRYPTED', 'Proc-Type:4,ENCRYPTED', 'Proc-Type: 4, ENCRYPTED', 'PROC-TYPE :\t4 ,encrypted'])(
    'knows an encrypted key by "%s"',
    header => {
      const written = Buffer.from(texts.get('proc-type.key')!.replace('Proc-Type: 4,ENCRYPTED', header));
      expect(needsPassword(written)).toBe(true);
      parsePrivateKeyPem(written, password).pkcs8.fill(0);
    },
  );

  it('reads headers that go on in the next line (RFC 1421, 4.4)', () => {
    const written = texts.get('proc-type.key')!.replace(',ENCRYPTED', ',\n ENCRYPTED').replace('CBC,', 'CBC,\r\n\t');
    parsePrivateKeyPem(Buffer.from(written), password).pkcs8.fill(0);
  });
});

describe(decodeBase64.name, () => {
  it('agrees with Node on all octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), octets => {
        expect(decodeBase64(Buffer.from(Buffer.from(octets).toString('base64')))).toEqual(Buffer.from(octets));
      }),
    );
  });

  it.each(['', ' \n', 'A', 'AAAAA', '=', 'AA=A', 'AAA==', 'A===', 'AA-A', 'AA_A', 'AAA:'])('refuses %j', text => {
    expect(decodeBase64(Buffer.from(text))).toBeUndefined();
  });
});
