import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { detachedContentMap } from '../attached/attached-envelope.js';
import { BufferSource } from '../byte-source/buffer-source.js';
import { EncryptedMedia } from '../decryption/encrypted-media.js';
import { cmsErrorFrom, cmsErrorOf } from '../testing/cms-error-matcher.js';
import { never, readRange } from '../testing/encrypted-samples.js';
import { decryptSessionKey } from '../testing/openssl.js';
import { parseTwilioEnvelope } from './twilio-envelope.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyName = 'CR0123456789abcdef0123456789abcdef';

/** What the service does with a recording. */
function encryptedRecording(plaintext: Buffer) {
  const sessionKey = randomBytes(32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sessionKey, nonce);
  const stored = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const encryptedKey = publicEncrypt({ key: publicKey, padding, oaepHash: 'sha256' }, sessionKey);
  return { stored, encryptedKey: encryptedKey.toString('base64'), nonce: nonce.toString('base64') };
}

function open(json: string, stored: Buffer): Promise<EncryptedMedia> {
  const envelope = parseTwilioEnvelope(json);
  const source = new BufferSource(stored);
  const [recipient] = envelope.recipients;
  const sessionKey = decryptSessionKey(recipient!, privateKey);
  return EncryptedMedia.open({
    source,
    envelope,
    contentMap: detachedContentMap(source, envelope),
    sessionKey,
    signal: never,
  });
}

describe(parseTwilioEnvelope.name, () => {
  it.each([0, 1, 100_000])('opens a recording of %d bytes from both spellings of its details', async size => {
    const plaintext = randomBytes(size);
    const { stored, encryptedKey, nonce } = encryptedRecording(plaintext);
    const resource = {
      sid: 'RE1',
      encryption_details: {
        encryption_public_key_sid: keyName,
        encryption_cek: encryptedKey,
        encryption_iv: nonce,
      },
    };
    const notification = { type: 'rsa-aes', public_key_sid: keyName, encrypted_cek: encryptedKey, iv: nonce };
    for (const json of [resource, notification].map(value => JSON.stringify(value))) {
      expect(parseTwilioEnvelope(json).recipients[0]?.identifier).toEqual({ type: 'key-name', keyName });
      const media = await open(json, stored);
      expect(media.plaintextLength).toBe(size);
      expect((await readRange(media)).equals(plaintext)).toBe(true);
    }
  });

  it('releases nothing of a modified or cut recording', async () => {
    const { stored, encryptedKey, nonce } = encryptedRecording(randomBytes(1000));
    const json = JSON.stringify({ public_key_sid: keyName, encrypted_cek: encryptedKey, iv: nonce });
    for (const offset of [0, 500, 999, 1000, 1015]) {
      const broken = Buffer.from(stored);
      broken.writeUInt8(broken.readUInt8(offset) ^ 1, offset);
      expect((await cmsErrorFrom(open(json, broken))).code).toBe('CMS_UNDECRYPTABLE');
    }
    expect((await cmsErrorFrom(open(json, stored.subarray(0, 900)))).code).toBe('CMS_UNDECRYPTABLE');
    expect((await cmsErrorFrom(open(json, stored.subarray(0, 15)))).code).toBe('CMS_TRUNCATED');
  });

  const good = { public_key_sid: keyName, encrypted_cek: 'AAAA', iv: Buffer.alloc(12).toString('base64') };
  it.each([
    ['no JSON', '{', 'CMS_MALFORMED'],
    ['an array', '[]', 'CMS_MALFORMED'],
    ['null', 'null', 'CMS_MALFORMED'],
    ['no key', JSON.stringify({ ...good, encrypted_cek: undefined }), 'CMS_MALFORMED'],
    ['an empty key', JSON.stringify({ ...good, encrypted_cek: '' }), 'CMS_MALFORMED'],
    ['a key that is no base64', JSON.stringify({ ...good, encrypted_cek: 'AAA' }), 'CMS_MALFORMED'],
    ['a key that is too long', JSON.stringify({ ...good, encrypted_cek: 'A'.repeat(4096) }), 'CMS_MALFORMED'],
    ['a nonce of another length', JSON.stringify({ ...good, iv: 'AAAA' }), 'CMS_MALFORMED'],
    ['a number for a name', JSON.stringify({ ...good, public_key_sid: 7 }), 'CMS_MALFORMED'],
    ['two names', JSON.stringify({ ...good, encryption_public_key_sid: 'CR2' }), 'CMS_MALFORMED'],
    ['another type', JSON.stringify({ ...good, type: 'aes' }), 'CMS_UNSUPPORTED'],
    ['too much', JSON.stringify({ ...good, more: 'x'.repeat(100_000) }), 'CMS_LIMIT_EXCEEDED'],
  ])('refuses %s', (_, json, code) => {
    expect(cmsErrorOf(() => parseTwilioEnvelope(json)).code).toBe(code);
  });
});
