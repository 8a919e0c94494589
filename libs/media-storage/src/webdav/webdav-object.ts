import { Readable } from 'node:stream';
import type { StorageObserver } from '../media-storage-configuration.js';
import type { MediaLocation } from '../media-location.js';
import { checkStoredRange, type StoredObject } from '../stored-object.js';
import { RangeStream } from './range-stream.js';
import type { Validators } from './response-validators.js';
import type { WebDavConnection } from './webdav-connection.js';

/** Bytes of the file that are known already. */
export interface Window {
  readonly start: number;
  readonly bytes: Buffer;
}

/** A file on a WebDAV server as it was when it was opened. */
export class WebDavObject implements StoredObject {
  readonly entityTag: string | undefined;
  readonly lastModified: Date | undefined;

  constructor(
    private readonly connection: WebDavConnection,
    private readonly observer: StorageObserver,
    readonly location: MediaLocation,
    private readonly target: string,
    readonly size: number,
    private readonly validators: Validators,
    private windows: readonly Window[],
  ) {
    this.entityTag = validators.entityTag;
    this.lastModified = validators.lastModified;
  }

  release(): void {
    this.windows = [];
  }

  covers(start: number, end: number): boolean {
    return this.known(start, end) !== undefined;
  }

  stream(start: number, end: number, signal: AbortSignal): Readable {
    checkStoredRange(start, end, this.size);
    const known = this.known(start, end);
    if (known !== undefined) return Readable.from(known.length === 0 ? [] : [known], { objectMode: false });
    const { connection, observer, target, size, validators } = this;
    return new RangeStream(connection, observer, { target, start, end, size, validators, signal });
  }

  async read(start: number, end: number, signal: AbortSignal): Promise<Buffer> {
    checkStoredRange(start, end, this.size);
    const known = this.known(start, end);
    if (known !== undefined) return known;
    const chunks: Buffer[] = [];
    for await (const chunk of this.stream(start, end, signal) as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks, end - start);
  }

  private known(start: number, end: number): Buffer | undefined {
    if (start === end) return Buffer.alloc(0);
    const window = this.windows.find(({ start: from, bytes }) => from <= start && end <= from + bytes.length);
    return window?.bytes.subarray(start - window.start, end - window.start);
  }
}
