import fc from 'fast-check';
import { recogniseStoredFile } from '../recognition/recognise-stored-file.js';
import { BufferSource } from '../byte-source/buffer-source.js';
import { parseEnvelope } from '../envelope/parse-envelope.js';
import { cbcAlgorithm, contentInfo, primitive } from '../testing/ber-structures.js';
import { cmsErrorFrom, cmsErrorOf } from '../testing/cms-error-matcher.js';
import { CountingSource } from '../testing/counting-source.js';
import { attachedFile, cbcSample, never, openAttached, readRange } from '../testing/encrypted-samples.js';
import { decodeEnvelope } from './envelope-text.js';
import { decodeText } from './wrapped-text.js';
import { detectWrapper } from './wrapper.js';

type LineEnd = '\n' | '\r\n';

function lines(bytes: Buffer, width: number, lineEnd: LineEnd): string {
  const digits = bytes.toString('base64');
  return (digits.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(lineEnd);
}

const wrappers: Readonly<Record<string, (body: string, end: LineEnd) => string>> = {
  'PEM as CMS': (body, end) => `-----BEGIN CMS-----${end}${body}${end}-----END CMS-----${end}`,
  'PEM as PKCS7': (body, end) => `-----BEGIN PKCS7-----${end}${body}${end}-----END PKCS7-----`,
  'S/MIME': (body, end) =>
    [
      'To: archive@example.org',
      'MIME-Version: 1.0',
      'Content-Disposition: attachment; filename="smime.p7m"',
      'Content-Type: application/x-pkcs7-mime;',
      ' smime-type=enveloped-data; name="smime.p7m"',
      'content-transfer-encoding: Base64',
      '',
      body,
      '',
    ].join(end),
  base64: body => body,
  'base64 with a line end': (body, end) => `${body}${end}`,
};

describe(decodeText.name, () => {
  const sample = cbcSample(100_001);
  const binary = attachedFile(sample, primitive(0x80, sample.ciphertext), ['definite']);

  describe.each(Object.entries(wrappers))('%s', (_, wrap) => {
    it.each([
      [64, '\n'],
      [64, '\r\n'],
      [76, '\n'],
      [4, '\n'],
      [1_000_000, '\n'],
    ] as const)('is read and seeked in with lines of %d digits', async (width, lineEnd) => {
      const stored = Buffer.from(wrap(lines(binary, width, lineEnd), lineEnd), 'latin1');
      const source = new CountingSource(stored, [10_007]);
      expect(await recogniseStoredFile(source, never)).toEqual({ kind: 'envelope' });
      const media = await openAttached(source, sample.sessionKey);
      expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
      source.resetCounters();
      expect((await readRange(media, 70_001, 71_000)).equals(sample.plaintext.subarray(70_001, 71_000))).toBe(true);
      expect(source.bytesAsked).toBeLessThan(4000);
    });
  });

  it('reads lines of any length, also where they differ', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3000),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
        async (size, widths) => {
          const { plaintext, sessionKey, ...rest } = cbcSample(size);
          const file = attachedFile({ plaintext, sessionKey, ...rest }, primitive(0x80, rest.ciphertext), ['definite']);
          let digits = file.toString('base64');
          const pieces: string[] = [];
          for (let number = 0; digits.length > 0; number++) {
            const width = widths[number % widths.length] ?? 1;
            pieces.push(digits.slice(0, width));
            digits = digits.slice(width);
          }
          const stored = Buffer.from(`-----BEGIN CMS-----\n${pieces.join('\n')}\n-----END CMS-----\n`);
          let opened;
          try {
            opened = await readRange(await openAttached(new BufferSource(stored), sessionKey));
          } catch (error) {
            // Lines that look even at both ends are found out between.
            expect(error).toMatchObject({ code: 'CMS_MALFORMED' });
            return;
          }
          expect(opened.equals(plaintext)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads a file whose first line is shorter', async () => {
    const body = lines(binary, 64, '\n');
    const stored = Buffer.from(`-----BEGIN CMS-----\n${body.slice(0, 8)}\n${body.slice(8)}\n-----END CMS-----\n`);
    const media = await openAttached(new BufferSource(stored), sample.sessionKey);
    expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
  });

  it.each([
    ['a strange character', (text: string) => text.replace(/(?<=\n.{30})./s, '*')],
    ['a missing line', (text: string) => text.replace(/\n[^\n]{64}\n/, '\n')],
    ['a cut', (text: string) => text.slice(0, 50_000)],
  ])('refuses %s', async (_, change) => {
    const stored = Buffer.from(change(`-----BEGIN CMS-----\n${lines(binary, 64, '\n')}\n-----END CMS-----\n`));
    const attempt = openAttached(new BufferSource(stored), sample.sessionKey).then(media => readRange(media));
    const error = await cmsErrorFrom(attempt);
    expect(['CMS_MALFORMED', 'CMS_TRUNCATED']).toContain(error.code);
  });

  it.each([
    ['an MP3', Buffer.from('4944330400000000002354535345', 'hex')],
    ['a certificate', Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')],
    ['a mail', Buffer.from('Subject: hello\nContent-Type: text/plain\n\nMIIB\n')],
    ['SignedData', Buffer.from('308006092a864886f70d010702a080', 'hex')],
    ['a text that begins like base64', Buffer.from('MIMI and others sing a song about a long way home')],
    ['nothing', Buffer.alloc(0)],
  ])('takes %s for no envelope', (_, bytes) => {
    expect(detectWrapper(bytes)).toBeUndefined();
  });

  it.each([
    ['behind a mark of byte order', (pem: string) => `\xef\xbb\xbf${pem}`],
    ['behind explanatory text', (pem: string) => `Recorded by a device\nsubject=/CN=recorder\n\n${pem}`],
    ['with text behind it', (pem: string) => `${pem}\nend of the recording\n`],
    ['with another label', (pem: string) => pem.replaceAll(' CMS-', ' ENVELOPED DATA-')],
    ['with CR line ends', (pem: string) => pem.replaceAll('\n', '\r')],
    ['indented, with blanks behind its lines', (pem: string) => ` ${pem.replaceAll('\n', ' \n')}`],
  ])('opens PEM %s', async (_, change) => {
    const stored = Buffer.from(
      change(`-----BEGIN CMS-----\n${lines(binary, 64, '\n')}\n-----END CMS-----\n`),
      'latin1',
    );
    expect(await recogniseStoredFile(new BufferSource(stored), never)).toEqual({ kind: 'envelope' });
    const media = await openAttached(new BufferSource(stored), sample.sessionKey);
    expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
  });

  it('opens bare base64 behind a mark of byte order', async () => {
    const stored = Buffer.from(`\xef\xbb\xbf${lines(binary, 76, '\r\n')}`, 'latin1');
    const media = await openAttached(new BufferSource(stored), sample.sessionKey);
    expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
  });
});

describe(decodeEnvelope.name, () => {
  const binary = contentInfo({ forms: ['indefinite'], algorithm: cbcAlgorithm(Buffer.alloc(16)) });

  it.each(Object.entries(wrappers))('decodes %s', (_, wrap) => {
    for (const lineEnd of ['\n', '\r\n'] as const) {
      const text = wrap(lines(binary, 64, lineEnd), lineEnd);
      expect(decodeEnvelope(text)).toEqual(binary);
      expect(decodeEnvelope(Buffer.from(text))).toEqual(binary);
    }
  });

  it('returns binary envelopes, and what is none, as they are', () => {
    expect(decodeEnvelope(binary)).toBe(binary);
    expect(cmsErrorOf(() => parseEnvelope(decodeEnvelope('hello'))).code).toBe('CMS_MALFORMED');
  });

  it('refuses broken base64', () => {
    const digits = binary.toString('base64');
    expect(cmsErrorOf(() => decodeEnvelope(`${digits.slice(0, 200)}*${digits.slice(201)}`)).code).toBe('CMS_MALFORMED');
    expect(cmsErrorOf(() => decodeEnvelope(digits.slice(0, 201))).code).toBe('CMS_TRUNCATED');
  });
});
