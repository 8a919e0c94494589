import type { Readable } from 'node:stream';
import type { ByteSource } from '#cms';
import type { MediaLocation } from './media-location.js';

/** A stored file as it was when it was opened; every later read is held to that. */
export interface StoredObject extends ByteSource {
  readonly location: MediaLocation;
  /** Without the mark of weakness: Apache gives fresh files a weak tag and the same tag as a strong one a second later. */
  readonly entityTag: string | undefined;
  readonly lastModified: Date | undefined;
  /** Forgets the bytes at its ends that were wanted right away. */
  release?(): void;
}

/** Bytes at the ends of the file that are wanted right away. */
export interface OpenHint {
  readonly head?: number;
  readonly tail?: number;
}

/** What lies in a folder of a storage. */
export interface StoredEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** A kind of storage behind one interface. */
export interface MediaStorage {
  open(location: MediaLocation, hint: OpenHint, signal: AbortSignal): Promise<StoredObject>;
  /**
   * Stores a new file whole or not at all, and never over another; `length` of a stream where it is known. A stream is
   * destroyed at the end.
   */
  put(location: MediaLocation, body: Buffer | Readable, length: number | undefined, signal: AbortSignal): Promise<void>;
  /** Removes one file, never a collection. Resolves when nothing is there, whoever removed it. */
  remove(location: MediaLocation, signal: AbortSignal): Promise<void>;
  /** Gives one file another name, never that of another file; kinds of storage that cannot have none. */
  move?(from: MediaLocation, to: MediaLocation, signal: AbortSignal): Promise<void>;
  /** What lies right below a folder; kinds of storage that cannot say have none. */
  list?(segments: readonly string[], signal: AbortSignal): Promise<readonly StoredEntry[]>;
  /** Resolves when files can be read now, as far as can be told without one. @throws RcsError RCS_STORAGE_* */
  probe(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The bytes asked of a stored file. @throws RangeError unless 0 <= start <= end <= size. */
export function checkStoredRange(start: number, end: number, size: number): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end && end <= size) return;
  throw new RangeError(`bytes ${start} to ${end} are not inside a file of ${size} bytes`);
}
