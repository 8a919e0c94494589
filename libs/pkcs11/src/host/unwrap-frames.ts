import type { OaepHash } from '../unwrap/oaep.js';
import type { KeyEncryptionScheme } from '../unwrap/key-encryption-scheme.js';
import type { EncryptedSessionKey } from '../unwrap/session-key-decoding.js';
import type { PresentKey } from '../keys/key-index.js';
import type { FrameWriter } from './frame-writer.js';

/** A request to open a session key, which is asked for more often than everything else together. */
export interface UnwrapRequest {
  readonly id: number;
  readonly key: PresentKey;
  readonly encrypted: EncryptedSessionKey;
}

/** Bytes that a request was answered with, and the seconds that operations took in the token meanwhile. */
export interface BytesResult {
  readonly id: number;
  readonly value: Buffer;
  readonly executed: readonly number[];
}

const hashes: readonly OaepHash[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
/** In the place of a hash, for RSAES-PKCS1-v1_5. */
const noHash = 0xff;
/** Of a text, whose bytes in UTF-8 are at most three times as many. */
const mostCharacters = 20_000;
/** In the place of a length. */
const [ownLength, noLabel] = [0xffff, 0xffff];

/** Whether the sizes can be said in a frame. */
export const fitsUnwrapFrame = (key: PresentKey, { scheme }: EncryptedSessionKey): boolean =>
  (key.label?.length ?? 0) < mostCharacters && (scheme.scheme !== 'rsaes-oaep' || scheme.label.length < mostCharacters);

export function writeUnwrapRequest(to: FrameWriter, { id, key, encrypted }: UnwrapRequest): void {
  const { scheme, encryptedKey, sessionKeyLength } = encrypted;
  to.uint32(id);
  to.uint16(sessionKeyLength === 'own' ? ownLength : sessionKeyLength);
  if (scheme.scheme === 'rsaes-pkcs1-v1_5') to.byte(noHash);
  else {
    to.byte(hashes.indexOf(scheme.hash));
    to.byte(hashes.indexOf(scheme.mgfHash));
    to.sized(scheme.label);
  }
  to.sized(key.id);
  if (key.label === undefined) to.uint16(noLabel);
  else to.sized(Buffer.from(key.label, 'utf8'));
  to.raw(encryptedKey);
}

export function readUnwrapRequest(frame: Buffer, start: number): UnwrapRequest {
  const from = new FrameReader(frame, start);
  const id = from.uint32();
  const length = from.uint16();
  const scheme = readScheme(from);
  const keyId = from.sized();
  const labelLength = from.uint16();
  const key = labelLength === noLabel ? { id: keyId } : { id: keyId, label: from.text(labelLength) };
  const sessionKeyLength = length === ownLength ? 'own' : length;
  return { id, key, encrypted: { scheme, encryptedKey: from.rest(), sessionKeyLength } };
}

function readScheme(from: FrameReader): KeyEncryptionScheme {
  const hash = from.byte();
  if (hash === noHash) return { scheme: 'rsaes-pkcs1-v1_5' };
  const mgfHash = from.byte();
  return { scheme: 'rsaes-oaep', hash: hashAt(hash), mgfHash: hashAt(mgfHash), label: from.sized() };
}

function hashAt(index: number): OaepHash {
  const hash = hashes[index];
  if (hash === undefined) throw new Error('a frame names a hash that does not exist');
  return hash;
}

export function writeBytesResult(to: FrameWriter, { id, value, executed }: BytesResult): void {
  to.uint32(id);
  to.uint16(executed.length);
  for (const seconds of executed) to.double(seconds);
  to.raw(value);
}

export function readBytesResult(frame: Buffer, start: number): BytesResult {
  const from = new FrameReader(frame, start);
  const id = from.uint32();
  const executed = Array.from({ length: from.uint16() }, () => from.double());
  return { id, executed, value: from.rest() };
}

/** What it gives out is copied. */
class FrameReader {
  constructor(
    private readonly frame: Buffer,
    private at: number,
  ) {}

  byte(): number {
    return this.frame.readUInt8(this.at++);
  }

  uint16(): number {
    this.at += 2;
    return this.frame.readUInt16LE(this.at - 2);
  }

  uint32(): number {
    this.at += 4;
    return this.frame.readUInt32LE(this.at - 4);
  }

  double(): number {
    this.at += 8;
    return this.frame.readDoubleLE(this.at - 8);
  }

  sized(): Buffer {
    const length = this.uint16();
    this.at += length;
    return Buffer.from(this.frame.subarray(this.at - length, this.at));
  }

  text(length: number): string {
    this.at += length;
    return this.frame.toString('utf8', this.at - length, this.at);
  }

  rest(): Buffer {
    return Buffer.from(this.frame.subarray(this.at));
  }
}
