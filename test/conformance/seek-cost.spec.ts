import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import {
  detachedContentMap,
  EncryptedMedia,
  parseTwilioEnvelope,
  readAttachedEnvelope,
  type DetachedEnvelope,
} from '#cms';
import { encodeObjectIdentifier } from '../../libs/cms/src/asn1/object-identifier.js';
import {
  cbcAlgorithm,
  gcmAlgorithm,
  keyTransportRecipient,
  primitive,
} from '../../libs/cms/src/testing/ber-structures.js';
import {
  base64Lines,
  element,
  indefinite,
  joined,
  literal,
  segments,
  SyntheticFile,
  type Rope,
} from './synthetic-file.js';

jest.setTimeout(300_000);

const never = new AbortController().signal;
const plaintextLength = 2 ** 31 + 12_345;
const sessionKey = randomBytes(32);
const iv = randomBytes(16);
const nonce = randomBytes(12);
const zeros = Buffer.alloc(1024 * 1024);

/** The key stream of AES in counter mode, from any place on: bytes that do not repeat. */
function keyStream(firstBlock: Buffer, start: number, end: number): Buffer {
  const block = Math.floor(start / 16);
  const counter = Buffer.from(firstBlock);
  counter.writeUInt32BE((counter.readUInt32BE(12) + block) >>> 0, 12);
  const cipher = createCipheriv('aes-256-ctr', sessionKey, counter);
  const length = end - block * 16;
  return cipher.update(length <= zeros.length ? zeros.subarray(0, length) : Buffer.alloc(length)).subarray(start % 16);
}

const counterBlock = (first: Buffer, counter: number): Buffer => {
  const block = Buffer.alloc(16);
  first.copy(block, 0, 0, 12);
  block.writeUInt32BE(counter, 12);
  return block;
};

/** Ciphertext that is what it is, and a last block that makes the padding right. */
function cbcContent(): { ciphertext: Rope; plaintext: (start: number, end: number) => Buffer } {
  const body = Math.floor(plaintextLength / 16) * 16;
  const first = counterBlock(iv, 0);
  const before = keyStream(first, body - 16, body);
  const cipher = createCipheriv('aes-256-cbc', sessionKey, before);
  const lastPlaintext = Buffer.alloc(plaintextLength - body, 7);
  const last = Buffer.concat([cipher.update(lastPlaintext), cipher.final()]);
  const start: Rope = { length: body, read: (from, to) => keyStream(first, from, to) };
  const ciphertext = joined(start, literal(last));
  const plaintext = (from: number, to: number): Buffer => {
    const begin = Math.floor(from / 16) * 16;
    const end = Math.ceil(to / 16) * 16;
    const previous = begin === 0 ? iv : ciphertext.read(begin - 16, begin);
    const decipher = createDecipheriv('aes-256-cbc', sessionKey, previous).setAutoPadding(false);
    return decipher.update(ciphertext.read(begin, end)).subarray(from - begin, to - begin);
  };
  return { ciphertext, plaintext };
}

/** GCM of zeros is its key stream; the tag takes one pass over all of it. */
function gcmContent(): { ciphertext: Rope; tag: Buffer } {
  const first = counterBlock(nonce, 2);
  const cipher = createCipheriv('aes-256-gcm', sessionKey, nonce);
  for (let left = plaintextLength; left > 0; left -= zeros.length)
    cipher.update(zeros.subarray(0, Math.min(left, zeros.length)));
  cipher.final();
  return {
    ciphertext: { length: plaintextLength, read: (start, end) => keyStream(first, start, end) },
    tag: cipher.getAuthTag(),
  };
}

type Wrap = (tag: number, ...content: readonly Rope[]) => Rope;

function attached(wrap: Wrap, algorithm: Buffer, encryptedContent: Rope, tag?: Buffer): Rope {
  const type = tag === undefined ? '1.2.840.113549.1.7.3' : '1.2.840.113549.1.9.16.1.23';
  const info = [literal(encodeObjectIdentifier('1.2.840.113549.1.7.1')), literal(algorithm), encryptedContent];
  const data = wrap(
    0x30,
    literal(primitive(0x02, Buffer.from([0]))),
    element(0x31, literal(keyTransportRecipient())),
    wrap(0x30, ...info),
    ...(tag === undefined ? [] : [literal(primitive(0x04, tag))]),
  );
  return wrap(0x30, literal(encodeObjectIdentifier(type)), wrap(0xa0, data));
}

const cbc = cbcContent();
const definiteCbc = attached(element, cbcAlgorithm(iv), element(0x80, cbc.ciphertext));
const segmentedCbc = (size: number) =>
  attached(indefinite, cbcAlgorithm(iv), indefinite(0xa0, segments(cbc.ciphertext, size)));
const text = (head: string, content: Rope, width: number, lineEnd: string, foot = '') =>
  joined(literal(Buffer.from(head)), base64Lines(content, width, lineEnd), literal(Buffer.from(foot)));
const smimeHead = [
  'MIME-Version: 1.0',
  'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
  'Content-Transfer-Encoding: base64',
  '',
  '',
].join('\r\n');

const ranges: readonly (readonly [number, number])[] = [
  [0, 1],
  [0, 65_536],
  [15, 17],
  [4095, 4097],
  [2 ** 30 + 7, 2 ** 30 + 7 + 65_536],
  [Math.floor(plaintextLength * 0.9), Math.floor(plaintextLength * 0.9) + 1_000_000],
  [plaintextLength - 65_536, plaintextLength],
  [plaintextLength - 1, plaintextLength],
];
/** What a seek may read beside its range. */
const allowance = 64 * 1024;

async function expectCheapSeeks(
  file: SyntheticFile,
  open: () => Promise<EncryptedMedia>,
  plaintext: (start: number, end: number) => Buffer,
  storedPerPlain = 1,
): Promise<void> {
  for (const [start, end] of ranges) {
    file.bytesRead = 0;
    const media = await open();
    expect(media.plaintextLength).toBe(plaintextLength);
    const range = await buffer(media.stream(start, end, never));
    expect({ start, end, same: range.equals(plaintext(start, end)) }).toEqual({ start, end, same: true });
    const most = Math.ceil((end - start) * storedPerPlain) + allowance;
    expect({ start, end, cheap: file.bytesRead <= most, read: file.bytesRead }).toMatchObject({
      start,
      end,
      cheap: true,
    });
  }
}

async function openAttached(source: SyntheticFile): Promise<EncryptedMedia> {
  const { envelope, contentMap } = await readAttachedEnvelope(source, never);
  return EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never });
}

async function openDetached(source: SyntheticFile, envelope: DetachedEnvelope): Promise<EncryptedMedia> {
  const contentMap = detachedContentMap(source, envelope);
  return EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never });
}

describe('a cold seek into 2 GB reads the range and at most 64 KiB more', () => {
  it('detached CBC', async () => {
    const file = new SyntheticFile(cbc.ciphertext);
    const { envelope } = await readAttachedEnvelope(new SyntheticFile(definiteCbc), never);
    await expectCheapSeeks(file, () => openDetached(file, envelope), cbc.plaintext);
  });

  it.each<readonly [string, Rope]>([
    ['DER', definiteCbc],
    ['one string in indefinite lengths', attached(indefinite, cbcAlgorithm(iv), element(0x80, cbc.ciphertext))],
    ['segments of 4096, as openssl streams', segmentedCbc(4096)],
    ['segments of 1000', segmentedCbc(1000)],
    ['segments of 64 KiB', segmentedCbc(65_536)],
    ['segments of 1 MiB', segmentedCbc(2 ** 20)],
    [
      'segments in a string of known length',
      attached(element, cbcAlgorithm(iv), element(0xa0, segments(cbc.ciphertext, 4096))),
    ],
  ])('attached CBC: %s', async (_, rope) => {
    const file = new SyntheticFile(rope);
    await expectCheapSeeks(file, () => openAttached(file), cbc.plaintext);
  });

  it.each<readonly [string, Rope, number]>([
    ['PEM', text('-----BEGIN CMS-----\n', definiteCbc, 64, '\n', '\n-----END CMS-----\n'), 65 / 48],
    ['PEM of segments', text('-----BEGIN CMS-----\n', segmentedCbc(4096), 64, '\n', '\n-----END CMS-----\n'), 65 / 48],
    ['S/MIME', text(smimeHead, definiteCbc, 76, '\r\n', '\r\n'), 78 / 57],
    ['S/MIME of segments', text(smimeHead, segmentedCbc(4096), 64, '\n', '\n'), 65 / 48],
    ['base64 in lines', text('', definiteCbc, 76, '\n'), 77 / 57],
  ])('attached CBC in %s, in the digits of the range', async (_, rope, storedPerPlain) => {
    const file = new SyntheticFile(rope);
    await expectCheapSeeks(file, () => openAttached(file), cbc.plaintext, storedPerPlain * 1.001);
  });
});

describe('a seek into 2 GB of verified GCM reads the range and at most 64 KiB more', () => {
  const gcm = gcmContent();
  const plaintext = (start: number, end: number): Buffer => Buffer.alloc(end - start);
  const algorithm = gcmAlgorithm(nonce, 16);

  it.each<readonly [string, Rope]>([
    ['DER', attached(element, algorithm, element(0x80, gcm.ciphertext), gcm.tag)],
    ['segments of 4096', attached(indefinite, algorithm, indefinite(0xa0, segments(gcm.ciphertext, 4096)), gcm.tag)],
  ])('%s', async (_, rope) => {
    const file = new SyntheticFile(rope);
    const media = await openAttached(file);
    await expectCheapSeeks(file, () => Promise.resolve(media), plaintext);
  });

  it('as Twilio stores it', async () => {
    const envelope = parseTwilioEnvelope(
      JSON.stringify({
        encryption_public_key_sid: 'CR1',
        encryption_cek: randomBytes(256).toString('base64'),
        encryption_iv: nonce.toString('base64'),
      }),
    );
    const file = new SyntheticFile(joined(gcm.ciphertext, literal(gcm.tag)));
    const media = await openDetached(file, envelope);
    await expectCheapSeeks(file, () => Promise.resolve(media), plaintext);
  });
});
