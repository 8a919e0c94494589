import { createCipheriv, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { readAttachedEnvelope, type ReadAttachedOptions } from '../attached/attached-envelope.js';
import type { ByteSource } from '../byte-source/byte-source.js';
import { EncryptedMedia } from '../decryption/encrypted-media.js';
import { cbcAlgorithm, contentInfo, type LengthForm } from './ber-structures.js';
import { mediaLike } from './media-like.js';

export const never: AbortSignal = new AbortController().signal;

export interface CbcSample {
  readonly plaintext: Buffer;
  readonly sessionKey: Buffer;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
}

export function cbcSample(size: number): CbcSample {
  const plaintext = mediaLike(size);
  const sessionKey = randomBytes(32);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', sessionKey, iv);
  return { plaintext, sessionKey, iv, ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]) };
}

/** A stored file of the sample with encryptedContent as given. */
export function attachedFile(
  { iv }: CbcSample,
  content: Buffer,
  forms: readonly LengthForm[] = ['indefinite'],
): Buffer {
  return contentInfo({ forms, algorithm: cbcAlgorithm(iv), content });
}

export async function openAttached(
  source: ByteSource,
  sessionKey: Buffer,
  options: ReadAttachedOptions = {},
): Promise<EncryptedMedia> {
  const { envelope, contentMap } = await readAttachedEnvelope(source, never, options);
  return EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never });
}

export function readRange(media: EncryptedMedia, start = 0, end = media.plaintextLength): Promise<Buffer> {
  return buffer(media.stream(start, end, never));
}
