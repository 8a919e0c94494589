import { createHash, randomBytes } from 'node:crypto';
import { isEqual, isZero } from './constant-time.js';
import type { Decoded } from './pkcs1-v1-5.js';

export type OaepHash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

export interface OaepParameters {
  readonly hash: OaepHash;
  readonly mgfHash: OaepHash;
  readonly label: Buffer;
}

const hashOf = (algorithm: OaepHash, data: Buffer): Buffer => createHash(algorithm).update(data).digest();

/** MGF1 (RFC 8017, B.2.1). */
function maskOf(seed: Buffer, length: number, algorithm: OaepHash): Buffer {
  const blocks: Buffer[] = [];
  const counter = Buffer.alloc(4);
  for (let index = 0, made = 0; made < length; index++) {
    counter.writeUInt32BE(index);
    const block = hashOf(algorithm, Buffer.concat([seed, counter]));
    blocks.push(block);
    made += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function xor(left: Buffer, right: Buffer): Buffer {
  const result = Buffer.alloc(left.length);
  for (let index = 0; index < left.length; index++) result[index] = (left[index] ?? 0) ^ (right[index] ?? 0);
  return result;
}

/** The data block `lHash || PS || 01 || M` of RFC 8017, 7.1.2, step 3; whoever gets it overwrites it. */
export interface UnmaskedOaep {
  readonly data: Buffer;
  /** What `data` has to begin with. */
  readonly labelHash: Buffer;
}

/** undefined for a block that is too short for the hash, which its size tells everybody. */
export function unmaskOaep(block: Buffer, { hash, mgfHash, label }: OaepParameters): UnmaskedOaep | undefined {
  const labelHash = hashOf(hash, label);
  const hashLength = labelHash.length;
  if (block.length < 2 * hashLength + 2) return undefined;
  const maskedSeed = block.subarray(1, 1 + hashLength);
  const maskedData = block.subarray(1 + hashLength);
  const seed = xor(maskedSeed, maskOf(maskedData, hashLength, mgfHash));
  const data = xor(maskedData, maskOf(seed, maskedData.length, mgfHash));
  seed.fill(0);
  return { data, labelHash };
}

/**
 * Takes a message of exactly `length` bytes out of an RSAES-OAEP block (RFC 8017, 7.1.2, step 3). As with PKCS#1 v1.5 the
 * known length gives every byte one place; leading byte, label hash and padding are judged together, so that nothing
 * tells which was wrong (Manger's attack).
 */
export function decodeOaep(block: Buffer, length: number, parameters: OaepParameters): Decoded {
  const message = Buffer.from(block.subarray(Math.max(0, block.length - length)));
  const unmasked = unmaskOaep(block, parameters);
  if (unmasked === undefined || unmasked.data.length < unmasked.labelHash.length + 1 + length) {
    unmasked?.data.fill(0);
    return { valid: 0, message };
  }
  const { data, labelHash } = unmasked;
  const hashLength = labelHash.length;
  const separator = data.length - length - 1;
  let valid = isZero(block[0] ?? 1) & isEqual(data[separator] ?? 0, 1);
  for (let index = 0; index < hashLength; index++) valid &= isEqual(data[index] ?? 0, labelHash[index] ?? 0);
  for (let index = hashLength; index < separator; index++) valid &= isZero(data[index] ?? 1);
  data.copy(message, 0, separator + 1);
  data.fill(0);
  return { valid, message };
}

/** A block of `size` bytes with a short message in it (RFC 8017, 7.1.1, step 2), for hashes of MGF1 that OpenSSL takes not apart. */
export function encodeOaep(message: Buffer, size: number, { hash, mgfHash, label }: OaepParameters): Buffer {
  const labelHash = hashOf(hash, label);
  const seed = randomBytes(labelHash.length);
  const data = Buffer.alloc(size - labelHash.length - 1);
  labelHash.copy(data);
  data[data.length - message.length - 1] = 1;
  message.copy(data, data.length - message.length);
  const maskedData = xor(data, maskOf(seed, data.length, mgfHash));
  const maskedSeed = xor(seed, maskOf(maskedData, seed.length, mgfHash));
  return Buffer.concat([Buffer.of(0), maskedSeed, maskedData]);
}
