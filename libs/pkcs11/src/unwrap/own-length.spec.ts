import {
  constants,
  createSecretKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  randomInt,
} from 'node:crypto';
import fc from 'fast-check';
import { decodeOwnLength, substituteMessage } from './own-length.js';
import type { KeyEncryptionScheme } from './key-encryption-scheme.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const secret = createSecretKey(randomBytes(32));
const [encryptedKey, size] = [randomBytes(256), 256];
const pkcs1 = { scheme: 'rsaes-pkcs1-v1_5' } as const;
const oaep = { scheme: 'rsaes-oaep', hash: 'sha1', mgfHash: 'sha1', label: Buffer.alloc(0) } as const;
const raw = (ciphertext: Buffer): Buffer =>
  privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, ciphertext);
const pkcs1Block = (message: Buffer): Buffer =>
  raw(publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message));
const oaepBlock = (message: Buffer): Buffer => raw(publicEncrypt({ key: publicKey, oaepHash: 'sha1' }, message));
const decode = (block: Buffer, scheme: KeyEncryptionScheme, ciphertext = encryptedKey, plausible = 1): Buffer =>
  decodeOwnLength(block, scheme, ciphertext, secret, plausible);
const substitute = (scheme: KeyEncryptionScheme, ciphertext = encryptedKey): Buffer =>
  substituteMessage(scheme, secret, ciphertext, size);

describe(decodeOwnLength.name, () => {
  it('takes messages of every length out of what OpenSSL padded', () => {
    for (let length = 0; length <= size - 11; length++) {
      const message = randomBytes(length);
      expect(decode(pkcs1Block(message), pkcs1).equals(message)).toBe(true);
      if (length <= size - 42) expect(decode(oaepBlock(message), oaep).equals(message)).toBe(true);
    }
  });

  it('keeps zeros and ones at the ends of a message', () => {
    for (const message of ['00', '01', '0001', '000000', '0100', '00ff00']) {
      const bytes = Buffer.from(message, 'hex');
      expect([decode(pkcs1Block(bytes), pkcs1), decode(oaepBlock(bytes), oaep)]).toEqual([bytes, bytes]);
    }
  });

  it('answers every wrong PKCS#1 block with the same substitute', () => {
    const nonZero = (length: number): Buffer => Buffer.from(Array.from({ length }, () => randomInt(1, 256)));
    const wrong = [
      [Buffer.of(1, 2), nonZero(200), Buffer.of(0), randomBytes(53)],
      [Buffer.of(0, 1), nonZero(200), Buffer.of(0), randomBytes(53)],
      [Buffer.of(0, 2), nonZero(7), Buffer.of(0), randomBytes(246)],
      [Buffer.of(0, 2), Buffer.of(0), randomBytes(253)],
      [Buffer.of(0, 2), nonZero(254)],
      [Buffer.alloc(256)],
    ];
    for (const parts of wrong) expect(decode(Buffer.concat(parts), pkcs1)).toEqual(substitute(pkcs1));
    expect(decode(pkcs1Block(randomBytes(32)), pkcs1, encryptedKey, 0)).toEqual(substitute(pkcs1));
    const shortest = Buffer.concat([Buffer.of(0, 2), nonZero(8), Buffer.of(0), Buffer.alloc(245, 9)]);
    expect(decode(shortest, pkcs1)).toEqual(Buffer.alloc(245, 9));
  });

  it('answers every change of an OAEP block, and another label, with the same substitute of 32 bytes', () => {
    const good = oaepBlock(randomBytes(16));
    fc.assert(
      fc.property(fc.nat(255), fc.integer({ min: 1, max: 255 }), (index, difference) => {
        const block = Buffer.from(good);
        block[index] = (block[index] ?? 0) ^ difference;
        return decode(block, oaep).equals(substitute(oaep));
      }),
    );
    expect(decode(good, { ...oaep, label: Buffer.from('x') })).toEqual(substitute(oaep));
    expect(decode(good, { ...oaep, hash: 'sha256' })).toEqual(substitute(oaep));
    expect(substitute(oaep)).toHaveLength(32);
  });

  it('overwrites nothing that it was given', () => {
    const block = pkcs1Block(randomBytes(32));
    const before = Buffer.from(block);
    decode(block, pkcs1);
    decode(block, oaep);
    expect(block.equals(before)).toBe(true);
  });
});

describe(substituteMessage.name, () => {
  it('has lengths over the whole range for PKCS#1, the same again for the same ciphertext', () => {
    const lengths = Array.from({ length: 2000 }, (_, index) => {
      const ciphertext = Buffer.alloc(size, index & 0xff);
      ciphertext.writeUInt32BE(index);
      expect(substitute(pkcs1, ciphertext)).toEqual(substitute(pkcs1, ciphertext));
      return substitute(pkcs1, ciphertext).length;
    });
    expect(Math.max(...lengths)).toBeLessThanOrEqual(size - 11);
    // Evenly spread over 246 lengths: the chance to miss any quarter in 2000 is none.
    for (const quarter of [0, 1, 2, 3]) {
      const share = lengths.filter(length => Math.floor((length * 4) / 246) === quarter).length;
      expect(share).toBeGreaterThan(300);
    }
  });
});
