import { isEqual, isZero } from './constant-time.js';

const minimumPaddingBytes = 8;

/** A candidate for the session key, and whether (1 or 0) it may be believed. */
export interface Decoded {
  readonly valid: number;
  readonly message: Buffer;
}

/**
 * Takes a message of exactly `length` bytes out of an RSAES-PKCS1-v1_5 block `00 02 PS 00 M` (RFC 8017, 7.2.2). Because
 * the length is known beforehand every byte has one place, and the whole block is looked at whatever it holds.
 */
export function decodePkcs1(block: Buffer, length: number): Decoded {
  const separator = block.length - length - 1;
  const message = Buffer.from(block.subarray(Math.max(0, separator + 1)));
  if (separator < 2 + minimumPaddingBytes) return { valid: 0, message };
  let valid = isZero(block[0] ?? 1) & isEqual(block[1] ?? 0, 2) & isZero(block[separator] ?? 1);
  for (let index = 2; index < separator; index++) valid &= 1 ^ isZero(block[index] ?? 0);
  return { valid, message };
}
