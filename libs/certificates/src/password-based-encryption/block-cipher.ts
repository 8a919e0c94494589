import { createDecipheriv } from 'node:crypto';
import { decryptRc2Cbc } from './rc2.js';
import { rc4 } from './rc4.js';

/** A cipher as the schemes of password-based encryption name it: in CBC mode, but for RC4. */
export interface BlockCipher {
  readonly keyLength: number;
  readonly ivLength: number;
  /**
   * Decrypts and takes the padding off (RFC 8018, 6.1.1). The caller overwrites the result.
   * @throws Error when the padding is wrong, which is how a wrong password mostly shows; RC4 has none.
   */
  decrypt(key: Buffer, iv: Buffer, ciphertext: Buffer): Buffer;
}

function opensslCipher(name: string, keyLength: number, ivLength: number): BlockCipher {
  return {
    keyLength,
    ivLength,
    decrypt(key, iv, ciphertext) {
      const decipher = createDecipheriv(name, key, iv);
      const parts = [decipher.update(ciphertext)];
      try {
        parts.push(decipher.final());
        return Buffer.concat(parts);
      } finally {
        for (const part of parts) part.fill(0);
      }
    },
  };
}

/** DES is triple DES with one key three times; as such OpenSSL still does it. */
function singleDes(): BlockCipher {
  const triple = opensslCipher('des-ede3-cbc', 24, 8);
  return {
    keyLength: 8,
    ivLength: 8,
    decrypt(key, iv, ciphertext) {
      const tripled = Buffer.concat([key, key, key]);
      try {
        return triple.decrypt(tripled, iv, ciphertext);
      } finally {
        tripled.fill(0);
      }
    },
  };
}

function rc2(keyLength: number): BlockCipher {
  return {
    keyLength,
    ivLength: 8,
    decrypt(key, iv, ciphertext) {
      const padded = decryptRc2Cbc(key, keyLength * 8, iv, ciphertext);
      try {
        return Buffer.from(padded.subarray(0, padded.length - paddingLength(padded, 8)));
      } finally {
        padded.fill(0);
      }
    },
  };
}

/** A stream cipher: no initialisation vector, no padding, nothing by which a wrong password shows. */
const rc4With = (keyLength: number): BlockCipher => ({
  keyLength,
  ivLength: 0,
  decrypt: (key, _iv, ciphertext) => rc4(key, ciphertext),
});

function paddingLength(padded: Buffer, blockLength: number): number {
  const length = padded.at(-1) ?? 0;
  const padding = padded.subarray(padded.length - length);
  if (length === 0 || length > blockLength || padding.length !== length || padding.some(octet => octet !== length)) {
    throw new Error('wrong padding');
  }
  return length;
}

export const aes128 = opensslCipher('aes-128-cbc', 16, 16);
export const aes192 = opensslCipher('aes-192-cbc', 24, 16);
export const aes256 = opensslCipher('aes-256-cbc', 32, 16);
export const tripleDes = opensslCipher('des-ede3-cbc', 24, 8);
/** Two keys, the first of them used twice; their derivation gives 16 octets. */
export const twoKeyTripleDes: BlockCipher = {
  keyLength: 16,
  ivLength: 8,
  decrypt(key, iv, ciphertext) {
    const whole = Buffer.concat([key, key.subarray(0, 8)]);
    try {
      return tripleDes.decrypt(whole, iv, ciphertext);
    } finally {
      whole.fill(0);
    }
  },
};
export const des = singleDes();
export const rc2With40Bits = rc2(5);
export const rc2With64Bits = rc2(8);
export const rc2With128Bits = rc2(16);
export const rc4With40Bits = rc4With(5);
export const rc4With128Bits = rc4With(16);
