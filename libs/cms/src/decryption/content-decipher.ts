import {
  createDecipheriv,
  createSecretKey,
  type CipherGCMOptions,
  type CipherGCMTypes,
  type Decipher,
  type DecipherGCM,
} from 'node:crypto';

/**
 * A decipher for a part of a content. Node is given a key object: with bytes it looks twice whether they are one, and each
 * time an error is made, with its stack (Node 24), which takes five times as long as the decipher itself.
 */
export function contentDecipher(
  algorithm: CipherGCMTypes,
  sessionKey: Buffer,
  iv: Buffer,
  options: CipherGCMOptions,
): DecipherGCM;
export function contentDecipher(algorithm: string, sessionKey: Buffer, iv: Buffer): Decipher;
export function contentDecipher(
  algorithm: string,
  sessionKey: Buffer,
  iv: Buffer,
  options?: CipherGCMOptions,
): Decipher {
  return createDecipheriv(algorithm, createSecretKey(sessionKey), iv, options);
}
