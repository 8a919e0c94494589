import { createCipheriv, randomBytes } from 'node:crypto';
import { BufferSource } from '../byte-source/buffer-source.js';
import { detachedContentMap } from '../attached/attached-envelope.js';
import { Tag } from '../asn1/element-header.js';
import { EncryptedMedia } from '../decryption/encrypted-media.js';
import { parseEnvelope } from '../envelope/parse-envelope.js';
import { contentInfo, element, gcmAlgorithm, primitive, type LengthForm } from '../testing/ber-structures.js';
import { never, openAttached, readRange } from '../testing/encrypted-samples.js';
import { mediaLike } from '../testing/media-like.js';

const tolerant = { gcmInEnvelopedData: true };
const sessionKey = randomBytes(32);
const nonce = randomBytes(12);
const algorithm = gcmAlgorithm(nonce, 16);

function sealed(plaintext: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', sessionKey, nonce);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** A stored file with the content in one OCTET STRING, or in several that do not end where the tag begins. */
function storedFile(content: Buffer, layout: 'definite' | 'segmented'): Buffer {
  const forms: LengthForm[] = [layout === 'definite' ? 'definite' : 'indefinite'];
  if (layout === 'definite') {
    return contentInfo({ forms, algorithm, content: primitive(Tag.contextPrimitive(0), content) });
  }
  const segments = Array.from({ length: Math.ceil(content.length / 1000) }, (_, index) =>
    primitive(Tag.octetString, content.subarray(index * 1000, (index + 1) * 1000)),
  );
  return contentInfo({ forms, algorithm, content: element(Tag.contextConstructed(0), 'indefinite', ...segments) });
}

describe('AES-GCM inside EnvelopedData', () => {
  const layouts = ['definite', 'segmented'] as const;

  it.each(layouts)('is refused by its name unless it is allowed, %s', async layout => {
    const source = new BufferSource(storedFile(sealed(mediaLike(5000)), layout));
    await expect(openAttached(source, sessionKey)).rejects.toMatchObject({
      code: 'CMS_UNSUPPORTED',
      message: expect.stringContaining('aes-256-gcm of enveloped-data') as string,
    });
  });

  it.each(layouts)('opens where it is allowed, whole and in ranges, %s', async layout => {
    for (const size of [0, 1, 990, 1000, 5000, 300_000]) {
      const plaintext = mediaLike(size);
      const media = await openAttached(new BufferSource(storedFile(sealed(plaintext), layout)), sessionKey, tolerant);
      expect(media.plaintextLength).toBe(size);
      expect(await readRange(media)).toEqual(plaintext);
      const [start, end] = [Math.floor(size / 3), Math.floor(size / 2)];
      expect(await readRange(media, start, end)).toEqual(plaintext.subarray(start, end));
    }
  });

  it.each(layouts)('is refused when a byte of it or of its tag is another, or its tag is cut, %s', async layout => {
    const whole = sealed(mediaLike(3000));
    const changed = (position: number): Buffer => {
      const copy = Buffer.from(whole);
      copy[position] = copy[position]! ^ 1;
      return copy;
    };
    for (const content of [changed(0), changed(2999), changed(3000), whole.subarray(0, -1)]) {
      const opening = openAttached(new BufferSource(storedFile(content, layout)), sessionKey, tolerant);
      await expect(opening).rejects.toMatchObject({ code: 'CMS_UNDECRYPTABLE' });
    }
    const shorterThanATag = new BufferSource(storedFile(whole.subarray(0, 9), layout));
    await expect(openAttached(shorterThanATag, sessionKey, tolerant)).rejects.toMatchObject({ code: 'CMS_TRUNCATED' });
  });

  it('opens with its envelope in the metadata, too', async () => {
    const envelope = parseEnvelope(contentInfo({ forms: ['definite'], algorithm }), tolerant);
    const plaintext = mediaLike(2000);
    const source = new BufferSource(sealed(plaintext));
    const contentMap = detachedContentMap(source, envelope);
    const media = await EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never });
    expect(await readRange(media)).toEqual(plaintext);
  });
});
