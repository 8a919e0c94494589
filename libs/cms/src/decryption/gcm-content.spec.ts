import { createCipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fc from 'fast-check';
import { readAttachedEnvelope } from '../attached/attached-envelope.js';
import { BufferSource } from '../byte-source/buffer-source.js';
import { contentInfo, element, gcmAlgorithm, primitive } from '../testing/ber-structures.js';
import { cmsErrorFrom } from '../testing/cms-error-matcher.js';
import { CountingSource } from '../testing/counting-source.js';
import { never, openAttached, readRange } from '../testing/encrypted-samples.js';
import { EncryptedMedia } from './encrypted-media.js';
import { openGcmContent } from './gcm-content.js';

interface GcmShape {
  readonly size: number;
  readonly nonceLength?: number;
  readonly tagLength?: number;
  readonly attributes?: boolean;
}

function gcmFile({ size, nonceLength = 12, tagLength = 16, attributes = false }: GcmShape) {
  const plaintext = randomBytes(size);
  const sessionKey = randomBytes(32);
  const nonce = randomBytes(nonceLength);
  const attribute = element(0x30, 'definite', primitive(0x06, Buffer.from([42, 3])), element(0x31, 'definite'));
  const cipher = createCipheriv('aes-256-gcm', sessionKey, nonce, { authTagLength: tagLength });
  if (attributes) cipher.setAAD(element(0x31, 'definite', attribute));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const mac = primitive(0x04, cipher.getAuthTag());
  const stored = contentInfo({
    forms: ['indefinite'],
    kind: 'auth-enveloped-data',
    algorithm: gcmAlgorithm(nonce, tagLength),
    content: primitive(0x80, ciphertext),
    trailer: attributes ? [element(0xa1, 'indefinite', attribute), mac] : [mac],
  });
  return { plaintext, sessionKey, stored, ciphertextOffset: stored.indexOf(ciphertext) };
}

async function openWithLimit(
  stored: Buffer,
  sessionKey: Buffer,
  verifiedContentLimit: number,
): Promise<EncryptedMedia> {
  const source = new CountingSource(stored);
  const { envelope, contentMap } = await readAttachedEnvelope(source, never);
  return EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never, verifiedContentLimit });
}

describe(openGcmContent.name, () => {
  it.each<GcmShape>([
    { size: 0 },
    { size: 1 },
    { size: 16 },
    { size: 100_000 },
    { size: 100_000, tagLength: 12 },
    { size: 100_000, tagLength: 15 },
    { size: 100_000, attributes: true },
    { size: 100_000, nonceLength: 8 },
    { size: 100_000, nonceLength: 16, attributes: true },
  ])('opens %o, whole and by ranges, from memory and from the source', async shape => {
    const { plaintext, sessionKey, stored } = gcmFile(shape);
    for (const limit of [0, 1_000_000]) {
      const media = await openWithLimit(stored, sessionKey, limit);
      expect(media.plaintextLength).toBe(shape.size);
      expect((await readRange(media)).equals(plaintext)).toBe(true);
      await fc.assert(
        fc.asyncProperty(fc.nat(shape.size), fc.nat(shape.size), async (a, b) => {
          const [start, end] = [Math.min(a, b), Math.max(a, b)];
          expect((await readRange(media, start, end)).equals(plaintext.subarray(start, end))).toBe(true);
        }),
        { numRuns: 20 },
      );
    }
  });

  it('releases nothing if one bit anywhere in content, tag or attributes is different', async () => {
    const { sessionKey, stored, ciphertextOffset } = gcmFile({ size: 40, attributes: true });
    const macEnd = stored.length - 6;
    const lengthOctets = new Set<number>();
    for (let offset = ciphertextOffset; offset < macEnd; offset++) {
      const broken = Buffer.from(stored);
      broken.writeUInt8(broken.readUInt8(offset) ^ 1, offset);
      const error = await cmsErrorFrom(openAttached(new BufferSource(broken), sessionKey));
      if (error.code !== 'CMS_UNDECRYPTABLE') lengthOctets.add(offset);
    }
    // Only headers of the elements behind the content may make it malformed instead.
    expect([...lengthOctets].every(offset => offset >= ciphertextOffset + 40)).toBe(true);
    expect(lengthOctets.size).toBeLessThan(16);
  });

  it('refuses a wrong key', async () => {
    const { stored } = gcmFile({ size: 1000 });
    expect((await cmsErrorFrom(openAttached(new BufferSource(stored), randomBytes(32)))).code).toBe(
      'CMS_UNDECRYPTABLE',
    );
  });

  it('reads long content twice and short content once', async () => {
    const { sessionKey, stored } = gcmFile({ size: 300_000 });
    for (const [limit, times] of [
      [0, 2],
      [1_000_000, 1],
    ] as const) {
      const source = new CountingSource(stored);
      const { envelope, contentMap } = await readAttachedEnvelope(source, never);
      const media = await EncryptedMedia.open({
        source,
        envelope,
        contentMap,
        sessionKey,
        signal: never,
        verifiedContentLimit: limit,
      });
      await readRange(media);
      expect(Math.floor(source.bytesAsked / 300_000)).toBe(times);
    }
  });

  it('reads no more than a range of long content once it is verified', async () => {
    const { sessionKey, stored } = gcmFile({ size: 300_000 });
    const source = new CountingSource(stored);
    const { envelope, contentMap } = await readAttachedEnvelope(source, never);
    const options = { source, envelope, contentMap, sessionKey, signal: never, verifiedContentLimit: 0 };
    const media = await EncryptedMedia.open(options);
    source.resetCounters();
    await readRange(media, 200_001, 200_100);
    expect(source.bytesAsked).toBe(200_100 - 200_000);
  });

  it('does not release the last bytes of long content that changed after it was verified', async () => {
    const { sessionKey, stored, ciphertextOffset } = gcmFile({ size: 300_000 });
    const media = await openWithLimit(stored, sessionKey, 0);
    stored.writeUInt8(stored.readUInt8(ciphertextOffset + 5) ^ 1, ciphertextOffset + 5);
    let released = 0;
    const stream = media.stream(0, 300_000, never);
    stream.on('data', (chunk: Buffer) => (released += chunk.length));
    const [error] = (await once(stream, 'error')) as [unknown];
    expect(error).toMatchObject({ code: 'CMS_UNDECRYPTABLE' });
    expect(released).toBeLessThan(300_000);
  });

  it('is not divided where only the whole is verified, or found from its beginning', async () => {
    const cases = [
      {
        nonceLength: 12,
        limit: 0,
        divided: [
          [1, 300_000],
          [0, 299_999],
        ],
        whole: [[0, 300_000]],
      },
      {
        nonceLength: 16,
        limit: 0,
        divided: [],
        whole: [
          [0, 300_000],
          [0, 7],
          [200_000, 300_000],
        ],
      },
      {
        nonceLength: 16,
        limit: 1_000_000,
        divided: [
          [0, 300_000],
          [5, 7],
        ],
        whole: [],
      },
    ] as const;
    for (const { nonceLength, limit, divided, whole } of cases) {
      const { sessionKey, stored } = gcmFile({ size: 300_000, nonceLength });
      const media = await openWithLimit(stored, sessionKey, limit);
      for (const [start, end] of divided) expect(media.dividable(start, end)).toBe(true);
      for (const [start, end] of whole) expect(media.dividable(start, end)).toBe(false);
    }
  });

  it('releases what it verified when short content changes afterwards', async () => {
    const { plaintext, sessionKey, stored, ciphertextOffset } = gcmFile({ size: 3000 });
    const media = await openAttached(new BufferSource(stored), sessionKey);
    stored.fill(0, ciphertextOffset, ciphertextOffset + 3000);
    expect((await readRange(media)).equals(plaintext)).toBe(true);
  });
});
