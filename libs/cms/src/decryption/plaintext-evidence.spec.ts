import { createCipheriv, randomBytes } from 'node:crypto';
import { detachedContentMap } from '../attached/attached-envelope.js';
import { BufferSource } from '../byte-source/buffer-source.js';
import { CmsError } from '../cms-error.js';
import type { ContentEncryption } from '../envelope/envelope.js';
import { cmsErrorFrom } from '../testing/cms-error-matcher.js';
import { CountingSource } from '../testing/counting-source.js';
import { mediaLike } from '../testing/media-like.js';
import { EncryptedMedia } from './encrypted-media.js';

const never = new AbortController().signal;
const aes: ContentEncryption = {
  mode: 'cbc',
  algorithm: 'aes-256-cbc',
  keyLength: 32,
  blockLength: 16,
  iv: Buffer.alloc(16, 9),
};
const tripleDes: ContentEncryption = {
  mode: 'cbc',
  algorithm: 'des-ede3-cbc',
  keyLength: 24,
  blockLength: 8,
  iv: Buffer.alloc(8, 9),
};

function encrypted(plaintext: Buffer, encryption: ContentEncryption): { ciphertext: Buffer; key: Buffer } {
  const key = randomBytes(encryption.keyLength);
  const cipher = createCipheriv(encryption.algorithm, key, encryption.iv);
  return { ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]), key };
}

function open(source: BufferSource | CountingSource, sessionKey: Buffer, contentEncryption = aes, bits?: number) {
  const envelope = { kind: 'enveloped-data' as const, contentEncryption };
  return EncryptedMedia.open({
    source,
    envelope,
    contentMap: detachedContentMap(source, envelope),
    sessionKey,
    signal: never,
    ...(bits === undefined ? {} : { minimumEvidenceBits: bits }),
  });
}

describe('a wrong key', () => {
  it.each([
    ['aes-256-cbc', aes],
    ['des-ede3-cbc', tripleDes],
  ])('never opens %s, in thousands of tries, though the padding is right time and again', async (_, encryption) => {
    const tries = 6000;
    let rightPaddings = 0;
    for (let number = 0; number < tries; number++) {
      const { ciphertext } = encrypted(mediaLike(1 + (number % 200)), encryption);
      const error = await cmsErrorFrom(
        open(new BufferSource(ciphertext), randomBytes(encryption.keyLength), encryption),
      );
      expect(['CMS_UNDECRYPTABLE', 'CMS_UNPROVED']).toContain(error.code);
      if (error.code === 'CMS_UNPROVED') rightPaddings++;
    }
    // Each of these was a success once.
    expect(rightPaddings).toBeGreaterThan(tries / 256 / 3);
    expect(rightPaddings).toBeLessThan((tries / 256) * 3);
  });
});

describe('the right key', () => {
  it.each([1, 2, 3, 4, 15, 16])('is proved by media with a padding of %i', async padding => {
    const { ciphertext, key } = encrypted(mediaLike(10_000 - padding), aes);
    const media = await open(new BufferSource(ciphertext), key);
    expect(media.plaintextLength).toBe(10_000 - padding);
    expect(media.evidenceBits).toBeGreaterThanOrEqual(32);
  });

  it('is proved by raw speech without a signature', async () => {
    const quiet = Buffer.from(Array.from({ length: 9999 }, (_, at) => 0xd5 ^ Math.round(20 * Math.sin(at / 11))));
    const { ciphertext, key } = encrypted(quiet, aes);
    expect((await open(new BufferSource(ciphertext), key)).plaintextLength).toBe(9999);
  });

  it('of noise with a short padding is not proved, and opens it only where nothing has to be', async () => {
    const { ciphertext, key } = encrypted(randomBytes(9999), aes);
    const error = await cmsErrorFrom(open(new BufferSource(ciphertext), key));
    expect(error).toBeInstanceOf(CmsError);
    expect(error).toMatchObject({ code: 'CMS_UNPROVED', expected: '32 bits' });
    expect((await open(new BufferSource(ciphertext), key, aes, 0)).plaintextLength).toBe(9999);
  });

  it('has no beginning read where the padding is enough', async () => {
    const { ciphertext, key } = encrypted(randomBytes(1_000_000 - 4), aes);
    const source = new CountingSource(ciphertext);
    await open(source, key);
    expect(source.bytesAsked).toBeLessThanOrEqual(32);
    const short = new CountingSource(encrypted(mediaLike(1_000_000 - 3), aes).ciphertext);
    await open(short, key).catch(() => undefined);
    expect(short.bytesAsked).toBeLessThanOrEqual(32 + 4096 + 16);
  });
});
