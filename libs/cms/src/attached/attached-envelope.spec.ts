import { cmsErrorFrom } from '../testing/cms-error-matcher.js';
import { cbcAlgorithm, contentInfo, element, keyTransportRecipient, primitive } from '../testing/ber-structures.js';
import { CountingSource } from '../testing/counting-source.js';
import { attachedFile, cbcSample, never, openAttached, readRange } from '../testing/encrypted-samples.js';
import { parseEnvelope } from '../envelope/parse-envelope.js';
import { recogniseStoredFile } from '../recognition/recognise-stored-file.js';
import { readAttachedEnvelope } from './attached-envelope.js';

const kibibyte = 1024;

describe(readAttachedEnvelope.name, () => {
  const sample = cbcSample(500_000);
  const content = primitive(0x80, sample.ciphertext);

  it('reads 16 KiB once, whatever the size of the file', async () => {
    const source = new CountingSource(attachedFile(sample, content));
    await readAttachedEnvelope(source, never);
    expect({ requests: source.requests, bytes: source.bytesAsked }).toEqual({ requests: 1, bytes: 16 * kibibyte });
  });

  it('opens a file with its head and its tail, two requests', async () => {
    const source = new CountingSource(attachedFile(sample, content));
    await openAttached(source, sample.sessionKey);
    expect(source.requests).toBe(2);
    expect(source.bytesAsked).toBeLessThan(16 * kibibyte + 64);
  });

  it.each([50, 1000])('reads on for %d recipients', async count => {
    const recipients = Array.from({ length: count }, (_, number) =>
      keyTransportRecipient({ serialNumber: Buffer.from([1, number >> 8, number & 0xff]) }),
    );
    const stored = contentInfo({ forms: ['indefinite'], algorithm: cbcAlgorithm(sample.iv), recipients, content });
    const source = new CountingSource(stored);
    const { envelope, envelopeBytes } = await readAttachedEnvelope(source, never);
    expect(envelope.recipients).toHaveLength(count);
    expect(envelopeBytes).toEqual(stored.subarray(0, stored.indexOf(sample.ciphertext)));
    expect(source.requests).toBeLessThanOrEqual(4);
    expect((await readRange(await openAttached(source, sample.sessionKey))).equals(sample.plaintext)).toBe(true);
  });

  it('gives bytes that parse to the same envelope', async () => {
    for (const form of ['definite', 'long', 'indefinite'] as const) {
      for (const encrypted of [content, element(0xa0, form, primitive(0x04, sample.ciphertext))]) {
        const source = new CountingSource(attachedFile(sample, encrypted, [form]));
        const { envelope, envelopeBytes } = await readAttachedEnvelope(source, never);
        expect(parseEnvelope(envelopeBytes)).toEqual(envelope);
      }
    }
  });

  it('gives up at its limit', async () => {
    const huge = element(0xa2, 'definite', primitive(0x04, Buffer.alloc(2 * kibibyte * kibibyte)));
    const recipients = [keyTransportRecipient(), huge];
    const stored = contentInfo({ forms: ['indefinite'], algorithm: cbcAlgorithm(sample.iv), recipients, content });
    const source = new CountingSource(stored);
    const error = await cmsErrorFrom(readAttachedEnvelope(source, never));
    expect(error).toMatchObject({ code: 'CMS_LIMIT_EXCEEDED', offset: kibibyte * kibibyte });
    expect(source.bytesAsked).toBeLessThan(2 * kibibyte * kibibyte);
    const { envelope } = await readAttachedEnvelope(source, never, { limit: 4 * kibibyte * kibibyte });
    expect(envelope.otherRecipientCount).toBe(1);
  });

  it('does not read on when the claims of the head cannot be true', async () => {
    const recipients = [Buffer.from('a284ffffffff', 'hex')];
    const stored = contentInfo({ forms: ['indefinite'], algorithm: cbcAlgorithm(sample.iv), recipients, content });
    const source = new CountingSource(stored);
    expect((await cmsErrorFrom(readAttachedEnvelope(source, never))).code).toBe('CMS_TRUNCATED');
    expect(source.requests).toBe(1);
  });

  it('refuses an envelope without content', async () => {
    const detached = contentInfo({ forms: ['definite'], algorithm: cbcAlgorithm(sample.iv) });
    const error = await cmsErrorFrom(readAttachedEnvelope(new CountingSource(detached), never));
    expect(error).toMatchObject({ code: 'CMS_MALFORMED', expected: 'encryptedContent' });
  });

  it.each([0, 1, 30])('refuses a file of %d bytes', async size => {
    const stored = attachedFile(sample, content).subarray(0, size);
    expect((await cmsErrorFrom(readAttachedEnvelope(new CountingSource(stored), never))).code).toBe('CMS_TRUNCATED');
  });
});

describe(recogniseStoredFile.name, () => {
  it('sees an envelope in any form by its first bytes', async () => {
    const sample = cbcSample(100_000);
    for (const form of ['definite', 'long', 'indefinite'] as const) {
      const source = new CountingSource(attachedFile(sample, primitive(0x80, sample.ciphertext), [form]));
      expect(await recogniseStoredFile(source, never)).toEqual({ kind: 'envelope' });
      expect(source.bytesAsked).toBeLessThanOrEqual(8 * kibibyte);
    }
  });
});
