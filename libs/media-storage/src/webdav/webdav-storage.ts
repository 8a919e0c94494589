import type { Readable } from 'node:stream';
import type { MediaLocation } from '../media-location.js';
import type { MediaStorageConfiguration, StorageObserver } from '../media-storage-configuration.js';
import type { MediaStorage, OpenHint, StoredEntry, StoredObject } from '../stored-object.js';
import { firstLook, type FirstLook } from './first-look.js';
import { WebDavConnection } from './webdav-connection.js';
import { WebDavListing } from './webdav-listing.js';
import { WebDavMove } from './webdav-move.js';
import { WebDavObject, type Window } from './webdav-object.js';
import { WebDavProbe } from './webdav-probe.js';
import { WebDavRemoval } from './webdav-removal.js';
import { WebDavUpload } from './webdav-upload.js';

/** Media on a WebDAV server: GET and HEAD with ranges to read, PUT of new files and MKCOL to write, DELETE of one file. */
export class WebDavStorage implements MediaStorage {
  private readonly connection: WebDavConnection;

  constructor(
    configuration: MediaStorageConfiguration,
    private readonly observer: StorageObserver,
    connection?: WebDavConnection,
  ) {
    this.connection = connection ?? new WebDavConnection(configuration, observer);
  }

  async open(location: MediaLocation, hint: OpenHint, signal: AbortSignal): Promise<StoredObject> {
    const { head = 0, tail = 0 } = hint;
    const target = this.connection.target(location.segments);
    const look = await firstLook(this.connection, this.observer, target, { head, tail }, signal);
    const object = this.object(location, target, look, [look.window]);
    const tailStart = Math.max(0, look.size - tail);
    if (head === 0 || tail === 0 || object.covers(tailStart, look.size)) return object;
    const bytes = await object.read(tailStart, look.size, signal);
    return this.object(location, target, look, [look.window, { start: tailStart, bytes }]);
  }

  async put(
    location: MediaLocation,
    body: Buffer | Readable,
    length: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    await new WebDavUpload(this.connection, location, signal).send(body, length);
  }

  async remove(location: MediaLocation, signal: AbortSignal): Promise<void> {
    await new WebDavRemoval(this.connection, location, signal).remove();
  }

  async move(from: MediaLocation, to: MediaLocation, signal: AbortSignal): Promise<void> {
    await new WebDavMove(this.connection, from, signal).to(to);
  }

  async list(segments: readonly string[], signal: AbortSignal): Promise<readonly StoredEntry[]> {
    return new WebDavListing(this.connection, segments, signal).list();
  }

  async probe(signal: AbortSignal): Promise<void> {
    await this.probeReading(signal);
    await new WebDavProbe(this.connection, signal).findFolder();
  }

  /** Of servers that have no folders. */
  probeReading(signal: AbortSignal): Promise<void> {
    return new WebDavProbe(this.connection, signal).read();
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private object(
    location: MediaLocation,
    target: string,
    { size, validators }: FirstLook,
    windows: readonly Window[],
  ): WebDavObject {
    return new WebDavObject(this.connection, this.observer, location, target, size, validators, windows);
  }
}
