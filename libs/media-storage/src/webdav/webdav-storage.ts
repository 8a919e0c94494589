import type { Dispatcher } from 'undici';
import { RcsError } from '#platform';
import type { MediaLocation } from '../media-location.js';
import type { MediaStorageConfiguration, StorageObserver } from '../media-storage-configuration.js';
import type { MediaStorage, OpenHint, StoredObject } from '../stored-object.js';
import { parseContentRange, validatorsOf } from './response-validators.js';
import { statusError, storageError } from './storage-errors.js';
import { WebDavConnection } from './webdav-connection.js';
import { WebDavObject, type Window } from './webdav-object.js';

/** Media on a WebDAV server: only GET and HEAD with ranges are needed of it. */
export class WebDavStorage implements MediaStorage {
  private readonly connection: WebDavConnection;

  constructor(
    configuration: MediaStorageConfiguration,
    private readonly observer: StorageObserver,
  ) {
    this.connection = new WebDavConnection(configuration, observer);
  }

  async open(location: MediaLocation, hint: OpenHint, signal: AbortSignal): Promise<StoredObject> {
    const target = this.connection.target(location.segments);
    const { head = 0, tail = 0 } = hint;
    const first = await this.probe(target, firstRange(head, tail), signal);
    const object = this.object(location, target, first.response, first.size, first.windows);
    if (head === 0 || tail === 0 || object.covers(Math.max(0, first.size - tail), first.size)) return object;
    const from = Math.max(0, first.size - tail);
    const bytes = await object.read(from, first.size, signal);
    return this.object(location, target, first.response, first.size, [...first.windows, { start: from, bytes }]);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private object(
    location: MediaLocation,
    target: string,
    response: Dispatcher.ResponseData,
    size: number,
    windows: readonly Window[],
  ): WebDavObject {
    return new WebDavObject(this.connection, this.observer, location, target, size, validatorsOf(response), windows);
  }

  /** The first request to a file: size, validators, and the bytes of the range. */
  private async probe(
    target: string,
    range: string | undefined,
    signal: AbortSignal,
  ): Promise<{ response: Dispatcher.ResponseData; size: number; windows: Window[] }> {
    const response = await this.connection.request(range === undefined ? 'HEAD' : 'GET', target, range, signal);
    const { statusCode, headers, body } = response;
    const contentRange = parseContentRange(headers['content-range']);
    if (statusCode === 206 && contentRange !== undefined && contentRange.start !== undefined) {
      const bytes = await this.bytesOf(response, contentRange.end - contentRange.start, signal);
      return { response, size: contentRange.size, windows: [{ start: contentRange.start, bytes }] };
    }
    if (statusCode === 416 && contentRange?.size === 0) {
      await body.dump({ limit: 64 * 1024, signal });
      return { response, size: 0, windows: [] };
    }
    if (statusCode !== 200) {
      body.on('error', () => undefined).destroy();
      throw statusError(statusCode, this.connection.name, target);
    }
    // The whole file, asked for or not: its head tells all there is to know, its body is not needed now.
    if (range !== undefined) this.observer.rangeIgnored();
    body.on('error', () => undefined).destroy();
    const size = Number(headers['content-length']);
    if (!Number.isSafeInteger(size))
      throw new RcsError('RCS_STORAGE_FAILED', `storage ${this.connection.name} does not say how long ${target} is`);
    return { response, size, windows: [] };
  }

  private async bytesOf(response: Dispatcher.ResponseData, length: number, signal: AbortSignal): Promise<Buffer> {
    try {
      const bytes = Buffer.from(await response.body.arrayBuffer());
      this.observer.received(bytes.length);
      if (bytes.length === length) return bytes;
    } catch (error) {
      throw storageError(error, this.connection.name, signal);
    }
    throw new RcsError(
      'RCS_STORAGE_FAILED',
      `storage ${this.connection.name} gave another number of bytes than it said`,
    );
  }
}

/** A suffix range tells the size of a file and its end in one exchange; HEAD where no bytes are wanted. */
function firstRange(head: number, tail: number): string | undefined {
  if (head > 0) return `bytes=0-${head - 1}`;
  return tail > 0 ? `bytes=-${tail}` : undefined;
}
