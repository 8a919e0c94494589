import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import type { OaepHash } from '../envelope/envelope.js';
import { decodeOaep } from './oaep.js';

const hashes: readonly OaepHash[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

describe(decodeOaep.name, () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  function encode(message: Buffer, hash: OaepHash, label: Buffer): Buffer {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const encrypted = publicEncrypt({ key: publicKey, padding, oaepHash: hash, oaepLabel: label }, message);
    return privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted);
  }

  it.each(hashes)('decodes what openssl encoded with %s, for every length of message', hash => {
    const label = Buffer.from('a label');
    for (const length of [0, 1, 16, 24, 32, 100]) {
      const message = randomBytes(length);
      expect(decodeOaep(encode(message, hash, label), { hash, mgfHash: hash, label })).toEqual(message);
    }
  });

  it('answers nothing for a wrong octet anywhere, a wrong label, hash or mask', () => {
    const label = Buffer.from('a label');
    const encoded = encode(randomBytes(32), 'sha256', label);
    const parameters = { hash: 'sha256', mgfHash: 'sha256', label } as const;
    for (let i = 0; i < encoded.length; i++) {
      const broken = Buffer.from(encoded);
      broken[i] = (broken[i] ?? 0) ^ 1;
      expect(decodeOaep(broken, parameters)).toBeUndefined();
    }
    expect(decodeOaep(encoded, { ...parameters, label: Buffer.from('another') })).toBeUndefined();
    expect(decodeOaep(encoded, { ...parameters, hash: 'sha1' })).toBeUndefined();
    expect(decodeOaep(encoded, { ...parameters, mgfHash: 'sha1' })).toBeUndefined();
    expect(decodeOaep(encoded.subarray(0, 65), parameters)).toBeUndefined();
    expect(decodeOaep(Buffer.alloc(0), parameters)).toBeUndefined();
  });
});
