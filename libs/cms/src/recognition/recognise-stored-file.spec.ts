import { gzipSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { BufferSource } from '../byte-source/buffer-source.js';
import { primitive } from '../testing/ber-structures.js';
import { attachedFile, cbcSample, never } from '../testing/encrypted-samples.js';
import { mediaLike } from '../testing/media-like.js';
import { recogniseStoredFile } from './recognise-stored-file.js';

const sample = cbcSample(3000);
const envelope = attachedFile(sample, primitive(0x80, sample.ciphertext), ['definite']);
const base64 = (envelope.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
const pem = `-----BEGIN CMS-----\n${base64}\n-----END CMS-----\n`;
const utf16 = (text: string): Buffer => Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, 'utf16le')]);
const recognise = (bytes: Buffer) => recogniseStoredFile(new BufferSource(bytes), never);

describe(recogniseStoredFile.name, () => {
  it('knows envelopes in any wrapper that is opened', async () => {
    for (const bytes of [envelope, Buffer.from(pem), Buffer.from(base64), Buffer.from(`\xef\xbb\xbf${pem}`, 'latin1')])
      expect(await recognise(bytes)).toEqual({ kind: 'envelope' });
  });

  it('knows media by its signature', async () => {
    expect(await recognise(mediaLike(10_000))).toEqual({ kind: 'media', format: 'mp3' });
  });

  it('tells the entropy of what it does not know', async () => {
    expect(await recognise(randomBytes(100_000))).toEqual({
      kind: 'unknown',
      entropy: expect.closeTo(7.98, 1) as number,
    });
    expect(await recognise(Buffer.alloc(0))).toEqual({ kind: 'unknown', entropy: 0 });
  });

  it.each<[string, Buffer]>([
    ['an envelope whose first byte is garbled', Buffer.concat([Buffer.of(0x31), envelope.subarray(1)])],
    [
      'an envelope whose content type is garbled',
      Buffer.concat([envelope.subarray(0, 12), Buffer.of(0x77), envelope.subarray(13)]),
    ],
    ['an envelope without its first bytes', envelope.subarray(4)],
    ['an envelope behind other bytes', Buffer.concat([randomBytes(100), envelope])],
    ['the first 3 bytes of an envelope', envelope.subarray(0, 3)],
    ['the first 12 bytes of an envelope', envelope.subarray(0, 12)],
    ['EnvelopedData without ContentInfo', envelope.subarray(envelope.indexOf(Buffer.from('020100', 'hex')) - 4)],
    ['SignedData', Buffer.from('308006092a864886f70d010702a0803080020101', 'hex')],
    ['CompressedData', Buffer.from('3082010006' + '0b2a864886f70d0109100109a0820100', 'hex')],
    ['PEM of something else', Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')],
    ['PEM whose digits are garbled', Buffer.from(pem.replace('MII', 'NII'))],
    ['PEM without its first line', Buffer.from(base64.slice(5))],
    ['PEM in UTF-16', utf16(pem)],
    ['base64 in UTF-16', utf16(base64)],
    ['base64 in quotes', Buffer.from(`"${base64.replaceAll('\n', '\\n')}"`)],
    [
      'base64 of another structure',
      Buffer.from('MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo4lgO'),
    ],
    ['hexadecimal digits', Buffer.from(envelope.toString('hex'))],
    ['a mail in parts', Buffer.from('Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n')],
    ['gzip', gzipSync(envelope)],
    ['a zip archive', Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1')],
    ['openssl enc', Buffer.concat([Buffer.from('Salted__'), randomBytes(100)])],
    ['OpenPGP', Buffer.from('-----BEGIN PGP MESSAGE-----\n\nhQEMA')],
  ])('never takes %s for anything else than a trace', async (_, bytes) => {
    expect(await recognise(bytes)).toEqual({ kind: 'trace', trace: expect.any(String) as string });
  });

  it('sees no traces in 5,000 pieces of noise', async () => {
    for (let piece = 0; piece < 5000; piece++)
      expect(await recognise(randomBytes(64 + (piece % 400)))).toMatchObject({ kind: 'unknown' });
  });
});
