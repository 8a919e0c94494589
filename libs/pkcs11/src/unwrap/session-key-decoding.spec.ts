import {
  constants,
  createSecretKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import fc from 'fast-check';
import { pseudoRandomKey, rejectionChallenge } from './implicit-rejection.js';
import type { KeyEncryptionScheme } from './key-encryption-scheme.js';
import { decodeSessionKey } from './session-key-decoding.js';

describe(decodeSessionKey.name, () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secret = createSecretKey(randomBytes(32));
  const encryptedKey = randomBytes(256);
  const raw = (ciphertext: Buffer): Buffer =>
    privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, ciphertext);
  const decode = (block: Buffer, scheme: KeyEncryptionScheme, length: number, plausible = 1): Buffer =>
    decodeSessionKey(block, { scheme, encryptedKey, sessionKeyLength: length }, secret, plausible);
  const substitute = (length: number): Buffer => pseudoRandomKey(secret, encryptedKey, length);
  const pkcs1 = { scheme: 'rsaes-pkcs1-v1_5' } as const;
  const pkcs1Block = (message: Buffer): Buffer =>
    raw(publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, message));
  const oaep = { scheme: 'rsaes-oaep', hash: 'sha256', mgfHash: 'sha256', label: Buffer.alloc(0) } as const;
  const oaepBlock = (message: Buffer): Buffer => raw(publicEncrypt({ key: publicKey, oaepHash: 'sha256' }, message));

  it('takes the message out of what OpenSSL padded', () => {
    for (const length of [1, 16, 24, 32, 64]) {
      const message = randomBytes(length);
      expect(decode(pkcs1Block(message), pkcs1, length)).toEqual(message);
      expect(decode(oaepBlock(message), oaep, length)).toEqual(message);
      expect(decode(pkcs1Block(message), pkcs1, length, 0)).toEqual(substitute(length));
    }
  });

  it('rejects every single wrong byte of the padding', () => {
    const good = pkcs1Block(randomBytes(32));
    const separator = good.length - 33;
    const wrong = [
      [0, 1],
      [1, 1],
      [1, 3],
      [separator, 1],
      ...Array.from({ length: separator - 2 }, (_, index) => [index + 2, 0]),
    ] as [number, number][];
    for (const [index, value] of wrong) {
      const block = Buffer.from(good);
      block[index] = value;
      expect(decode(block, pkcs1, 32)).toEqual(substitute(32));
    }
  });

  it('rejects padding that is right for another length', () => {
    const block = pkcs1Block(randomBytes(24));
    expect(decode(block, pkcs1, 32)).toEqual(substitute(32));
    expect(decode(block, pkcs1, 16)).toEqual(substitute(16));
    expect(decode(oaepBlock(randomBytes(24)), oaep, 32)).toEqual(substitute(32));
  });

  it('rejects every change of an OAEP block', () => {
    const good = oaepBlock(randomBytes(32));
    fc.assert(
      fc.property(fc.nat(255), fc.integer({ min: 1, max: 255 }), (index, difference) => {
        const block = Buffer.from(good);
        block[index] = (block[index] ?? 0) ^ difference;
        return decode(block, oaep, 32).equals(substitute(32));
      }),
    );
  });

  it('rejects a key that is too long for the modulus', () => {
    expect(decode(Buffer.alloc(64), pkcs1, 60)).toEqual(substitute(60));
    expect(decode(Buffer.alloc(64), oaep, 32)).toEqual(substitute(32));
  });
});

describe(rejectionChallenge.name, () => {
  it('is below every modulus of its size and never changes', () => {
    for (const size of [256, 384, 512]) {
      expect(rejectionChallenge(size)[0]).toBe(0);
      expect(rejectionChallenge(size)).toHaveLength(size);
    }
    expect(rejectionChallenge(256).subarray(0, 9).toString('hex')).toBe('00c7a17386e6b3d0f8');
  });
});
