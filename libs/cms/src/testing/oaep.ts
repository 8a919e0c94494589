import { createHash, timingSafeEqual } from 'node:crypto';
import type { OaepHash } from '../envelope/envelope.js';

export interface OaepParameters {
  readonly hash: OaepHash;
  readonly mgfHash: OaepHash;
  readonly label: Buffer;
}

/**
 * EME-OAEP decoding (RFC 8017, 7.1.2, step 3) of what raw RSA gave, for tokens that lack a hash. Every byte is looked at
 * whatever the others are, so that nobody learns from the time where a wrong block went wrong (Manger's attack).
 * @param encoded as many bytes as the modulus has.
 * @returns the message, or undefined for whatever reason.
 */
export function decodeOaep(encoded: Buffer, { hash, mgfHash, label }: OaepParameters): Buffer | undefined {
  const labelHash = createHash(hash).update(label).digest();
  const hashLength = labelHash.length;
  if (encoded.length < 2 * hashLength + 2) return undefined;
  const maskedSeed = encoded.subarray(1, 1 + hashLength);
  const maskedBlock = encoded.subarray(1 + hashLength);
  const seed = exclusiveOr(maskedSeed, generateMask(maskedBlock, hashLength, mgfHash));
  const block = exclusiveOr(maskedBlock, generateMask(seed, maskedBlock.length, mgfHash));

  let bad = isDifferent(encoded.readUInt8(0), 0);
  bad |= 1 - Number(timingSafeEqual(block.subarray(0, hashLength), labelHash));
  let searching = 1;
  let separator = 0;
  for (let i = hashLength; i < block.length; i++) {
    const octet = block.readUInt8(i);
    const isSeparator = searching & (1 - isDifferent(octet, 1));
    separator += isSeparator * i;
    searching &= 1 - isSeparator;
    bad |= searching & isDifferent(octet, 0);
  }
  bad |= searching;
  const message = Buffer.from(block.subarray(separator + 1));
  block.fill(0);
  if (bad === 0) return message;
  message.fill(0);
  return undefined;
}

/** MGF1 (RFC 8017, B.2.1). */
function generateMask(seed: Buffer, length: number, hash: OaepHash): Buffer {
  const blocks: Buffer[] = [];
  const counter = Buffer.alloc(4);
  for (let size = 0; size < length;) {
    counter.writeUInt32BE(blocks.length);
    const block = createHash(hash).update(seed).update(counter).digest();
    blocks.push(block);
    size += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function exclusiveOr(a: Buffer, b: Buffer): Buffer {
  const result = Buffer.alloc(a.length);
  for (let i = 0; i < a.length; i++) result[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  return result;
}

/** 1 or 0 without a branch; for octets. */
const isDifferent = (a: number, b: number): number => (((a ^ b) + 0xff) >> 8) & 1;
