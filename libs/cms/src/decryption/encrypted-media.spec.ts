import { buffer } from 'node:stream/consumers';
import { readAttachedEnvelope } from '../attached/attached-envelope.js';
import { BufferSource } from '../byte-source/buffer-source.js';
import { mediaLike } from '../testing/media-like.js';
import { OpensslWorkshop, sessionKeyOf, type TestRecipient } from '../testing/openssl.js';
import { EncryptedMedia } from './encrypted-media.js';

const never = new AbortController().signal;

describe(EncryptedMedia.name, () => {
  const workshop = new OpensslWorkshop();
  let recipient: TestRecipient;

  beforeAll(() => {
    recipient = workshop.recipient('recorder');
  });
  afterAll(() => workshop.close());

  function encrypt(plaintext: Buffer, ...args: readonly string[]): Buffer {
    const file = workshop.file('plain', plaintext);
    const common = ['-encrypt', '-binary', '-outform', 'DER', '-in', file];
    return workshop.output('cms', ...common, ...args, recipient.certificateFile);
  }

  async function open(stored: Buffer): Promise<EncryptedMedia> {
    const source = new BufferSource(stored);
    const { envelope, contentMap } = await readAttachedEnvelope(source, never);
    const sessionKey = sessionKeyOf(envelope, recipient);
    return EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never });
  }

  describe.each(['-aes-128-cbc', '-aes-256-cbc', '-des-ede3-cbc', '-aes-256-gcm'])('%s', cipher => {
    describe.each([[[]], [['-stream']]])('%j', layout => {
      it.each([1, 15, 16, 17, 4095, 4096, 4097, 300_000])('opens %d bytes, whole and by ranges', async size => {
        const plaintext = mediaLike(size);
        const media = await open(encrypt(plaintext, cipher, ...layout));
        expect(media.plaintextLength).toBe(size);
        expect((await buffer(media.stream(0, size, never))).equals(plaintext)).toBe(true);
        for (let i = 0; i < 30; i++) {
          const start = Math.floor(Math.random() * (size + 1));
          const end = start + Math.floor(Math.random() * (size - start + 1));
          const range = await buffer(media.stream(start, end, never));
          expect({ start, end, same: range.equals(plaintext.subarray(start, end)) }).toEqual({
            start,
            end,
            same: true,
          });
        }
      });
    });
  });
});
