import { BufferSource } from '../byte-source/buffer-source.js';
import { CmsError } from '../cms-error.js';
import { recogniseStoredFile } from '../recognition/recognise-stored-file.js';
import { element, primitive, type LengthForm } from '../testing/ber-structures.js';
import { cmsErrorFrom } from '../testing/cms-error-matcher.js';
import { CountingSource } from '../testing/counting-source.js';
import { attachedFile, cbcSample, never, openAttached, readRange } from '../testing/encrypted-samples.js';
import { signedData } from '../testing/signed-data.js';
import { unwrapDetachedEnvelope } from './detached-envelope.js';
import { readAttachedEnvelope, type ReadAttachedOptions } from '../attached/attached-envelope.js';

const kibibyte = 1024;
const sample = cbcSample(100_001);
const binary = attachedFile(sample, primitive(0x80, sample.ciphertext), ['definite']);
const streamed = attachedFile(
  sample,
  element(0xa0, 'indefinite', ...pieces(sample.ciphertext, 4096).map(piece => primitive(0x04, piece))),
);
/** An EnvelopedData without the ContentInfo around it. */
const bare = binary.subarray(binary.indexOf(Buffer.from('020100', 'hex')) - 5);

function pieces(bytes: Buffer, length: number): Buffer[] {
  const cut: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += length) cut.push(bytes.subarray(from, from + length));
  return cut;
}

const base64 = (bytes: Buffer, width = 64, end = '\n'): string =>
  pieces(Buffer.from(bytes.toString('base64')), width).join(end) + end;
const pem = (bytes: Buffer, label = 'CMS'): string =>
  `-----BEGIN ${label}-----\n${base64(bytes)}-----END ${label}-----\n`;
const mail = (fields: readonly string[], body: string | Buffer, end = '\r\n'): Buffer =>
  Buffer.concat([Buffer.from([...fields, '', ''].join(end)), Buffer.from(body)]);
const received = (size: number): string[] =>
  Array.from(
    { length: size / 80 },
    (_, hop) => `Received: from relay${hop}.example.org by relay${hop + 1}.example.org`,
  );
const cmsType = 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"';
const inBase64 = 'Content-Transfer-Encoding: base64';
const certificate = `-----BEGIN CERTIFICATE-----\n${base64(Buffer.alloc(700, 0x30))}-----END CERTIFICATE-----\n`;
const signedOnce = signedData(binary);

const opened: readonly (readonly [string, Buffer])[] = [
  ['S/MIME with a head of 20 KiB', mail([...received(20 * kibibyte), cmsType, inBase64], base64(binary))],
  ['S/MIME with a head of 500 KiB', mail([...received(500 * kibibyte), cmsType, inBase64], base64(binary))],
  [
    'S/MIME out of an mbox',
    mail(['From archive@example.org Thu Jan  1 00:00:00 1970', cmsType, inBase64], base64(binary), '\n'),
  ],
  [
    'S/MIME named by its file',
    mail(['Content-Type: application/octet-stream; name="smime.p7m"', inBase64], base64(binary)),
  ],
  [
    'S/MIME named by its disposition',
    mail(
      ['Content-Type: application/octet-stream', 'Content-Disposition: attachment;\r\n filename=smime.p7m', inBase64],
      base64(binary),
    ),
  ],
  ['S/MIME without a transfer encoding', mail([cmsType], base64(binary))],
  ['S/MIME with binary content', mail([cmsType, 'Content-Transfer-Encoding: binary'], binary)],
  [
    'S/MIME with blank lines before',
    Buffer.concat([Buffer.from('\r\n\r\n'), mail([cmsType, inBase64], base64(binary))]),
  ],
  [
    'S/MIME with uneven lines and a footer',
    mail([cmsType, inBase64], `${base64(binary).replace('\n', '')}\n\n-- \nSent by a list\n`),
  ],
  ['S/MIME with a footer', mail([cmsType, inBase64], `${base64(binary)}\n-- \nSent by a list\n`)],
  [
    'S/MIME with blanks before colons',
    mail(['MIME-Version : 1.0', 'Content-Type : application/x-pkcs7-mime', inBase64], base64(binary)),
  ],
  ['PEM behind 20 KiB of text', Buffer.from(`${'Recorded by a device.\n'.repeat(1000)}${pem(binary)}`)],
  ['PEM behind 900 KiB of text', Buffer.from(`${'Recorded by a device.\n'.repeat(43_000)}${pem(binary)}`)],
  ['PEM behind a certificate', Buffer.from(`${certificate}${certificate}${pem(binary)}`)],
  ['PEM before a certificate', Buffer.from(`${pem(binary)}${certificate}${certificate}`)],
  ['PEM before 100 KiB of text', Buffer.from(`${pem(streamed, 'PKCS7')}${'and more\n'.repeat(12_000)}`)],
  [
    'PEM before another PEM',
    Buffer.from(pem(binary) + pem(attachedFile(cbcSample(50), primitive(0x80, Buffer.alloc(16))))),
  ],
  ['PEM without its last line', Buffer.from(pem(binary).replace(/-----END.*\n/, ''))],
  ['SignedData around ContentInfo', signedOnce],
  ['SignedData around ContentInfo as data', signedData(binary, { contentType: '1.2.840.113549.1.7.1' })],
  ['SignedData around EnvelopedData', signedData(bare)],
  ['SignedData around EnvelopedData without an OCTET STRING', signedData(bare, { octetString: false })],
  ['SignedData around a stream', signedData(streamed, { form: 'indefinite', segments: 4096 })],
  ['SignedData in uneven segments', signedData(binary, { form: 'indefinite', segments: 777, firstSegment: 5 })],
  ['SignedData around SignedData', signedData(signedOnce)],
  ['SignedData in PEM', Buffer.from(pem(signedOnce))],
  ['SignedData in S/MIME', mail([cmsType.replace('enveloped', 'signed'), inBase64], base64(signedOnce))],
  [
    'SignedData around S/MIME',
    signedData(mail([cmsType, inBase64], base64(binary)), { contentType: '1.2.840.113549.1.7.1' }),
  ],
  ['zeros behind', Buffer.concat([binary, Buffer.alloc(5000)])],
  ['zeros behind a stream', Buffer.concat([streamed, Buffer.alloc(512)])],
  ['a segment of zeros behind a stream', Buffer.concat([streamed, Buffer.alloc(4100)])],
  ['many segments of zeros behind a stream', Buffer.concat([streamed, Buffer.alloc(41_007)])],
  [
    'SignedData in segments with zeros behind',
    Buffer.concat([signedData(binary, { form: 'indefinite', segments: 1000 }), Buffer.alloc(9999)]),
  ],
  ['SignedData with a line end behind', Buffer.concat([signedOnce, Buffer.from('\r\n')])],
];

describe('an envelope in what other programs put around it', () => {
  it.each(opened)('%s is opened and seeked in', async (_, stored) => {
    const source = new CountingSource(stored, [10_007]);
    expect(await recogniseStoredFile(source, never)).toEqual({ kind: 'envelope' });
    const media = await openAttached(source, sample.sessionKey);
    expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
    expect((await readRange(media, 70_001, 71_000)).equals(sample.plaintext.subarray(70_001, 71_000))).toBe(true);
  });

  it.each(['definite', 'long', 'indefinite'] satisfies LengthForm[])('SignedData in the %s form', async form => {
    for (const segments of [undefined, 1000, 4096]) {
      const stored = signedData(binary, { form, ...(segments === undefined ? {} : { segments }) });
      const media = await openAttached(new BufferSource(stored), sample.sessionKey);
      expect((await readRange(media)).equals(sample.plaintext)).toBe(true);
    }
  });

  it.each([
    ['PEM', Buffer.from(`\ufeff${pem(binary)}`)],
    ['SignedData', signedOnce],
    ['nothing', binary],
  ])('%s is taken away from what stands in metadata', async (_, stored) => {
    expect((await unwrapDetachedEnvelope(stored, never)).equals(binary)).toBe(true);
    const cut = Buffer.from('-----BEGIN CMS-----\nMIIB\n');
    expect(await unwrapDetachedEnvelope(cut, never)).toBe(cut);
  });

  it('says what is around it', async () => {
    const { wrappers } = await readAttachedEnvelope(new BufferSource(Buffer.from(pem(signedOnce))), never);
    expect(wrappers).toEqual(['pem', 'signed-data']);
  });

  it('reads no more of a signed file than is asked for', async () => {
    const source = new CountingSource(signedData(binary));
    const media = await openAttached(source, sample.sessionKey);
    source.resetCounters();
    await readRange(media, 70_001, 71_000);
    expect(source.bytesAsked).toBeLessThan(2 * kibibyte);
  });
});

describe('text whose end looks like the middle of a longer one', () => {
  /** A block whose lines go on, counted in lines of the first, where it stands behind that. */
  const aligned = (first: string, label: string): string => {
    const digits = Buffer.alloc(6000, 0x30).toString('base64');
    for (let comment = ''; ; comment += '#') {
      const block = `${comment}\n-----BEGIN ${label}-----\n${base64(Buffer.from(digits, 'base64'))}`;
      const offset = Buffer.byteLength(first) + block.indexOf('MDAw');
      if ((offset - first.indexOf('MI')) % 65 === 0) return `${block}-----END ${label}-----\n`;
    }
  };

  it.each(['CERTIFICATE', 'CMS'])('PEM before a block %s', async label => {
    for (const envelope of [binary, streamed, attachedFile(cbcSample(50), primitive(0x80, Buffer.alloc(16)))]) {
      const first = pem(envelope);
      const source = new BufferSource(Buffer.from(first + aligned(first, label)));
      if (envelope.length < 1000) await readAttachedEnvelope(source, never);
      else await expectScanned(source);
    }
  });

  async function expectScanned(source: BufferSource): Promise<void> {
    // What a worker does: it finds out on the way, and reads once more.
    const read = async (options: ReadAttachedOptions = {}) =>
      readRange(await openAttached(source, sample.sessionKey, options));
    const plaintext = await read().catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'CMS_PATTERN_BROKEN' });
      return read({ segmentSearch: 'scan' });
    });
    expect(plaintext.equals(sample.plaintext)).toBe(true);
  }
});

describe('what is no envelope in what other programs put around it', () => {
  const signed = (content: Buffer): Buffer => signedData(content, { contentType: '1.2.840.113549.1.7.1' });
  const nested = Array.from({ length: 6 }).reduce<Buffer>(inner => signedData(inner), binary);

  it.each<[string, Buffer, RegExp]>([
    ['SignedData around media', signed(sample.plaintext), /SignedData/],
    ['SignedData without content', signedData(undefined), /SignedData/],
    ['SignedData that is cut', signedOnce.subarray(0, 40), /SignedData/],
    ['SignedData six times', nested, /SignedData/],
    ['DigestedData', Buffer.from('308006092a864886f70d010705a0803080020100', 'hex'), /DigestedData/],
    ['EncryptedData', Buffer.from('308006092a864886f70d010706a0803080020100', 'hex'), /EncryptedData/],
    ['CompressedData', Buffer.from('3080060b2a864886f70d0109100109a0803080020100', 'hex'), /CompressedData/],
    ['a mail of another type', mail([...received(20 * kibibyte), 'Content-Type: text/plain'], 'hello'), /mail/],
    ['quoted-printable', mail([cmsType, 'Content-Transfer-Encoding: quoted-printable'], '=30=82'), /mail/],
    ['PEM of something else far behind', Buffer.from(`${'a line\n'.repeat(10_000)}${certificate}`), /CERTIFICATE/],
    ['more text than is looked through', Buffer.from('a line\n'.repeat(200_000)), /text/],
    ['PEM in UTF-16', Buffer.from(`\ufeff${pem(binary)}`, 'utf16le'), /PEM block "CMS" in UTF-16/],
    ['text in UTF-16', Buffer.from('a line\n'.repeat(10_000), 'utf16le'), /UTF-16/],
  ])('%s is refused by name', async (_, stored, name) => {
    const found = await recogniseStoredFile(new BufferSource(stored), never);
    expect(found).toEqual({ kind: 'trace', trace: expect.stringMatching(name) as string });
  });

  it('text of which nothing more is known is left to the storage', async () => {
    expect(await recogniseStoredFile(new BufferSource(Buffer.from('a line\n'.repeat(9000))), never)).toMatchObject({
      kind: 'unknown',
    });
  });

  it('takes no time for blanks', async () => {
    const blanks = Buffer.from(`MIIB\nAAAA${' '.repeat(4 * kibibyte * kibibyte)}x`);
    const stored = Buffer.concat([Buffer.from(base64(binary.subarray(0, 300), 64)), blanks]);
    expect((await cmsErrorFrom(readAttachedEnvelope(new BufferSource(stored), never))).code).toMatch(/^CMS_/);
  });

  it.each([
    ['one line of base64', binary.toString('base64')],
    ['one line of PEM', `-----BEGIN CMS-----\n${binary.toString('base64')}\n-----END CMS-----\n`],
    ['lines of base64', base64(binary)],
  ])('finds the end of %s without reading all of it', async (_, text) => {
    const source = new CountingSource(Buffer.from(text));
    await readAttachedEnvelope(source, never);
    expect(source.bytesAsked).toBeLessThan(64 * kibibyte);
  });

  it.each(['\n', '\r\n', 'name=', 'From ', '-----BEGIN ', ': ', '\n\t', '"', '=\n', 'M', ' '])(
    'is not held up by %j over and over',
    async piece => {
      for (const before of [
        '',
        `${cmsType}\r\n${inBase64}\r\n\r\n${base64(binary.subarray(0, 90))}`,
        'Content-Type: ',
        '-----BEGIN CMS-----\nMII',
      ]) {
        const stored = Buffer.from(before + piece.repeat(Math.ceil((kibibyte * kibibyte) / piece.length)));
        await recogniseStoredFile(new BufferSource(stored), never);
        await expect(readAttachedEnvelope(new BufferSource(stored), never)).rejects.toBeInstanceOf(CmsError);
      }
    },
    120_000,
  );

  it('never reads beyond 1 MiB of text', async () => {
    const source = new CountingSource(Buffer.from('a line\n'.repeat(600_000)));
    await recogniseStoredFile(source, never);
    expect(source.bytesAsked).toBeLessThan(2.5 * kibibyte * kibibyte);
  });
});
