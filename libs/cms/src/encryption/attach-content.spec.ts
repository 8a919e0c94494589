import { generateKeyPairSync } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { readAttachedEnvelope } from '../attached/attached-envelope.js';
import { BufferSource } from '../byte-source/buffer-source.js';
import { CmsError } from '../cms-error.js';
import { parseEnvelope } from '../envelope/parse-envelope.js';
import { frameOfContent } from './attach-content.js';
import { encryptDetached } from './enveloped-data-writer.js';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const recipient = {
  // A Name with one RDN: CN=x.
  identifier: {
    type: 'issuer-and-serial-number',
    issuer: Buffer.from('300c310a30080603550403130178', 'hex'),
    serialNumber: Buffer.of(1),
  },
  publicKey,
  keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
} as const;

describe(frameOfContent.name, () => {
  it.each([16, 112, 128, 240, 256, 65_536, 1_000_000])(
    'makes one DER file of an envelope and %i bytes',
    async length => {
      const { envelope, ciphertext } = encryptDetached({ recipients: [recipient] });
      ciphertext.end(Buffer.alloc(length - 1));
      const stored = await buffer(ciphertext);
      const { head, tail } = frameOfContent(envelope, length);
      expect(tail).toHaveLength(0);
      const file = new BufferSource(Buffer.concat([head, stored]));
      const read = await readAttachedEnvelope(file, new AbortController().signal);
      expect(read.envelope).toEqual(parseEnvelope(envelope));
      expect(read.envelopeBytes).toEqual(head);
      const { ciphertextLength } = await read.contentMap.locate(file, new AbortController().signal);
      expect(ciphertextLength).toBe(length);
    },
  );

  it('knows the lengths of recordings that no buffer holds', () => {
    const { envelope } = encryptDetached({ recipients: [recipient] });
    const { head } = frameOfContent(envelope, 2 ** 40);
    expect(head.subarray(0, 2)).toEqual(Buffer.from([0x30, 0x86]));
    expect(head.readUIntBE(2, 6)).toBe(head.length - 8 + 2 ** 40);
    expect(head.subarray(-8)).toEqual(Buffer.from([0x80, 0x86, 1, 0, 0, 0, 0, 0]));
  });

  it.each([
    ['JSON of another writer', Buffer.from('{"encryption_details":{}}')],
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('envelope')],
  ])('refuses %s', (_, envelope) => {
    expect(() => frameOfContent(envelope, 16)).toThrow(CmsError);
  });

  it('refuses an envelope that has its content', () => {
    const { envelope } = encryptDetached({ recipients: [recipient] });
    const { head } = frameOfContent(envelope, 16);
    const whole = Buffer.concat([head, Buffer.alloc(16)]);
    expect(() => frameOfContent(whole, 16)).toThrow(CmsError);
    expect(() => frameOfContent(envelope, -1)).toThrow(RangeError);
  });
});
