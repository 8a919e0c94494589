import { hkdfSync, type KeyObject } from 'node:crypto';
import { isEqual, isZero, select, selectBytes } from './constant-time.js';
import { longestSessionKeyBytes, pseudoRandomKey } from './implicit-rejection.js';
import { unmaskOaep, type OaepParameters } from './oaep.js';
import type { KeyEncryptionScheme } from './key-encryption-scheme.js';

/** Of pseudo-random messages in the place of OAEP blocks that are wrong: an AES-256 key. */
const oaepSubstituteBytes = 32;
const minimumPaddingBytes = 8;
const candidates = 128;

/** A message at the end of `bytes`, which are as many as the block has, and whether (1 or 0) it may be believed. */
interface Found {
  readonly valid: number;
  readonly bytes: Buffer;
  readonly length: number;
}

/**
 * The message of a raw RSA block at the length it has, or a pseudo-random one when the padding is wrong.
 *
 * RSAES-PKCS1-v1_5: the substitute has a pseudo-random length, too, made from the ciphertext as OpenSSL 3.2 and
 * draft-irtf-cfrg-rsa-guidance (section 7.2) do, so that no length tells anything. RSAES-OAEP needs no such length: who
 * does not know a message cannot make a block that is valid (RFC 8017, 7.1), and all that are not are answered alike.
 * @param plausible 1, or 0 to reject whatever the block holds.
 */
export function decodeOwnLength(
  block: Buffer,
  scheme: KeyEncryptionScheme,
  encryptedKey: Buffer,
  rejectionSecret: KeyObject,
  plausible: number,
): Buffer {
  const substitute = substituteAtEnd(scheme, rejectionSecret, encryptedKey, block.length);
  const found = scheme.scheme === 'rsaes-oaep' ? findInOaep(block, scheme) : findInPkcs1(block);
  const believed = found.valid & plausible;
  const length = select(believed, found.length, substitute.length);
  const bytes = selectBytes(believed, found.bytes, substitute.bytes);
  found.bytes.fill(0);
  substitute.bytes.fill(0);
  return endOf(bytes, length);
}

/** What a bad block decrypts to when nobody says how long it should be: always the same for the same ciphertext. */
export function substituteMessage(
  scheme: KeyEncryptionScheme,
  rejectionSecret: KeyObject,
  encryptedKey: Buffer,
  blockBytes: number,
): Buffer {
  const { bytes, length } = substituteAtEnd(scheme, rejectionSecret, encryptedKey, blockBytes);
  return endOf(bytes, length);
}

function substituteAtEnd(
  { scheme }: KeyEncryptionScheme,
  rejectionSecret: KeyObject,
  encryptedKey: Buffer,
  blockBytes: number,
): Omit<Found, 'valid'> {
  const seed = pseudoRandomKey(rejectionSecret, encryptedKey, longestSessionKeyBytes);
  const bytes = Buffer.from(hkdfSync('sha512', seed, '', 'message', blockBytes));
  const synthetic = syntheticLength(seed, blockBytes);
  seed.fill(0);
  return { bytes, length: scheme === 'rsaes-oaep' ? Math.min(oaepSubstituteBytes, blockBytes) : synthetic };
}

/** A copy; what it is copied from is overwritten. */
function endOf(bytes: Buffer, length: number): Buffer {
  const end = Buffer.from(bytes.subarray(bytes.length - length));
  bytes.fill(0);
  return end;
}

/** The last of 128 candidates that fits: evenly spread over all lengths that a message can have. */
function syntheticLength(seed: Buffer, blockBytes: number): number {
  const longest = Math.max(0, blockBytes - minimumPaddingBytes - 3);
  let mask = 1;
  while (mask <= longest) mask = mask * 2 + 1;
  const stream = Buffer.from(hkdfSync('sha512', seed, '', 'length', candidates * 2));
  let length = 0;
  for (let index = 0; index < candidates; index++) {
    const candidate = stream.readUInt16BE(index * 2) & mask;
    const fits = 1 ^ ((longest - candidate) >>> 31);
    length = select(fits, candidate, length);
  }
  return length;
}

/** `00 02 PS 00 M` (RFC 8017, 7.2.2), whose first zero from index 2 on ends the padding. */
function findInPkcs1(block: Buffer): Found {
  let [searching, separator] = [1, 0];
  for (let index = 2; index < block.length; index++) {
    const here = searching & isZero(block[index] ?? 1);
    separator = select(here, index, separator);
    searching &= 1 ^ here;
  }
  const longEnough = 1 ^ ((separator - 2 - minimumPaddingBytes) >>> 31);
  const valid = isZero(block[0] ?? 1) & isEqual(block[1] ?? 0, 2) & (1 ^ searching) & longEnough;
  return { valid, bytes: Buffer.from(block), length: block.length - separator - 1 };
}

/** `lHash || PS || 01 || M` (RFC 8017, 7.1.2, step 3g), judged as a whole (Manger's attack). */
function findInOaep(block: Buffer, parameters: OaepParameters): Found {
  const unmasked = unmaskOaep(block, parameters);
  if (unmasked === undefined) return { valid: 0, bytes: Buffer.from(block), length: 0 };
  const { data, labelHash } = unmasked;
  let valid = isZero(block[0] ?? 1);
  for (let index = 0; index < labelHash.length; index++) valid &= isEqual(data[index] ?? 0, labelHash[index] ?? 0);
  let [searching, separator] = [1, 0];
  for (let index = labelHash.length; index < data.length; index++) {
    const byte = data[index] ?? 0;
    const here = searching & isEqual(byte, 1);
    separator = select(here, index, separator);
    valid &= 1 ^ (searching & (1 ^ isZero(byte)) & (1 ^ here));
    searching &= 1 ^ here;
  }
  const bytes = Buffer.alloc(block.length);
  data.copy(bytes, block.length - data.length);
  const length = data.length - separator - 1;
  data.fill(0);
  return { valid: valid & (1 ^ searching), bytes, length };
}
