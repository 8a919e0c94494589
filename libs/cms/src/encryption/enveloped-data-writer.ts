import { type Cipher, createCipheriv, randomBytes } from 'node:crypto';
import { Readable, type Transform } from 'node:stream';
import { encodeHeader } from '../asn1/der-encoder.js';
import { Tag } from '../asn1/element-header.js';
import {
  encodeAttachedHead,
  encodeDetachedEnvelope,
  encodeEnvelopeParts,
  encodeIndefiniteHead,
  type EnvelopeParts,
  indefiniteTrailer,
  type WritableCipher,
} from './envelope-encoder.js';
import type { EncryptionRecipient } from './recipient.js';

export interface EncryptionOptions {
  readonly recipients: readonly EncryptionRecipient[];
  /** AES-256-CBC unless told. */
  readonly cipher?: WritableCipher;
}

const blockLength = 16;
const keyLengths: Readonly<Record<WritableCipher, number>> = {
  'aes-128-cbc': 16,
  'aes-192-cbc': 24,
  'aes-256-cbc': 32,
};

/** What a recorder keeps of a call: the envelope as metadata, and the ciphertext as the stored file. */
export interface DetachedEncryption {
  /** EnvelopedData without encryptedContent, DER. */
  readonly envelope: Buffer;
  /** Plaintext in, ciphertext out. */
  readonly ciphertext: Transform;
}

/** Encrypts under a fresh session key, envelope and ciphertext apart. */
export function encryptDetached(options: EncryptionOptions): DetachedEncryption {
  const { parts, ciphertext } = begin(options);
  return { envelope: encodeDetachedEnvelope(parts), ciphertext };
}

export interface AttachedEncryptionOptions extends EncryptionOptions {
  readonly plaintext: Readable;
  /** Known, the file is DER; unknown, it is BER with indefinite lengths and even segments. */
  readonly plaintextLength?: number;
}

/**
 * Encrypts into one file, as an archive holds it, streaming.
 * @returns the file; it fails with the plaintext, or with a RangeError if that is longer or shorter than told.
 */
export function encryptAttached(options: AttachedEncryptionOptions): Readable {
  const { plaintext, plaintextLength } = options;
  if (plaintextLength !== undefined && !(Number.isSafeInteger(plaintextLength) && plaintextLength >= 0)) {
    throw new RangeError(`a plaintext cannot have ${plaintextLength} bytes`);
  }
  const { parts, ciphertext } = begin(options);
  const chunks =
    plaintextLength === undefined
      ? indefiniteFile(parts, plaintext, ciphertext)
      : definiteFile(parts, plaintext, ciphertext, plaintextLength);
  return Readable.from(chunks, { objectMode: false, highWaterMark: segmentLength });
}

/** Bytes of the DER file that `encryptAttached` makes of a plaintext of this length, whatever its session key. */
export function attachedLength(
  { recipients, cipher = 'aes-256-cbc' }: EncryptionOptions,
  plaintextLength: number,
): number {
  const sessionKey = Buffer.alloc(keyLengths[cipher]);
  const parts = encodeEnvelopeParts(recipients, cipher, Buffer.alloc(blockLength), sessionKey);
  const length = paddedLength(plaintextLength);
  return encodeAttachedHead(parts, length).length + length;
}

/** Small enough that a reader may begin at the header of a segment wherever it wants to go. */
const segmentLength = 16 * 1024;

function begin({ recipients, cipher = 'aes-256-cbc' }: EncryptionOptions): {
  readonly parts: EnvelopeParts;
  readonly ciphertext: Cipher;
} {
  const sessionKey = randomBytes(keyLengths[cipher]);
  const iv = randomBytes(blockLength);
  try {
    const parts = encodeEnvelopeParts(recipients, cipher, iv, sessionKey);
    return { parts, ciphertext: createCipheriv(cipher, sessionKey, iv) };
  } finally {
    sessionKey.fill(0);
  }
}

const paddedLength = (length: number): number => (Math.floor(length / blockLength) + 1) * blockLength;

/** DER: every length is known before the first byte. */
async function* definiteFile(
  parts: EnvelopeParts,
  plaintext: Readable,
  cipher: Cipher,
  plaintextLength: number,
): AsyncGenerator<Buffer> {
  yield encodeAttachedHead(parts, paddedLength(plaintextLength));
  let length = 0;
  for await (const chunk of plaintext as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > plaintextLength) break;
    const ciphertext = cipher.update(chunk);
    if (ciphertext.length > 0) yield ciphertext;
  }
  if (length !== plaintextLength) {
    const found = length > plaintextLength ? 'longer' : `${length} bytes long`;
    throw new RangeError(`the plaintext is ${found} instead of ${plaintextLength} bytes`);
  }
  yield cipher.final();
}

/** BER: segments of one size, the last one shorter. */
async function* indefiniteFile(parts: EnvelopeParts, plaintext: Readable, cipher: Cipher): AsyncGenerator<Buffer> {
  yield encodeIndefiniteHead(parts);
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of plaintext as AsyncIterable<Buffer>) {
    const ciphertext = cipher.update(chunk);
    pending.push(ciphertext);
    pendingBytes += ciphertext.length;
    if (pendingBytes < segmentLength) continue;
    const bytes = Buffer.concat(pending, pendingBytes);
    const whole = pendingBytes - (pendingBytes % segmentLength);
    for (let from = 0; from < whole; from += segmentLength) {
      yield* segment(bytes.subarray(from, from + segmentLength));
    }
    pending = [bytes.subarray(whole)];
    pendingBytes -= whole;
  }
  const last = Buffer.concat([...pending, cipher.final()]);
  for (let from = 0; from < last.length; from += segmentLength) {
    yield* segment(last.subarray(from, from + segmentLength));
  }
  yield indefiniteTrailer;
}

function* segment(content: Buffer): Generator<Buffer> {
  yield encodeHeader(Tag.octetString, content.length);
  yield content;
}
