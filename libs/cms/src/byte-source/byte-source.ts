import type { Readable } from 'node:stream';

/** Random access to stored bytes: an object on a WebDAV server, a file, a buffer. */
export interface ByteSource {
  /** Exact size in bytes. */
  readonly size: number;
  /** Bytes [start, end): the stream ends after exactly `end - start` bytes or fails. Destroying it cancels the transfer. */
  stream(start: number, end: number, signal: AbortSignal): Readable;
  /** Bytes [start, end) in one buffer that the caller must not change. */
  read(start: number, end: number, signal: AbortSignal): Promise<Buffer>;
}

/** @throws RangeError unless 0 <= start <= end <= size. */
export function checkRange(start: number, end: number, size: number): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size) return;
  throw new RangeError(`the range [${start}, ${end}) does not lie within 0 and ${size}`);
}
