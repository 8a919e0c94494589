import type { Readable } from 'node:stream';
import { RcsError } from '#platform';
import { FileStorage } from './file/file-storage.js';
import { resolveLocation, type LocationDescriptor, type MediaLocation } from './media-location.js';
import { folded, hasPlaceFor } from './storage-owners.js';
import { baseOf, refused } from './storage-path.js';
import { judgeProbe, type StorageFindings } from './storage-findings.js';
import { silentObserver, type MediaStorageConfiguration, type StorageObserver } from './media-storage-configuration.js';
import { RwsStorage } from './rws/rws-storage.js';
import type { MediaStorage, OpenHint, StoredEntry, StoredObject } from './stored-object.js';
import { WebDavStorage } from './webdav/webdav-storage.js';
import { WindowOfFile } from './window-of-file.js';

/** What one storage is told apart by. */
export interface StorageName {
  readonly kind: string;
  /** Base URL, as it is configured. */
  readonly url: string;
}

/** All configured storages. */
export class MediaStorages {
  private readonly storages: readonly MediaStorage[];

  constructor(
    private readonly configurations: readonly MediaStorageConfiguration[],
    observer: StorageObserver = silentObserver,
  ) {
    this.storages = configurations.map(configuration => storageFor(configuration, observer));
  }

  /**
   * The place of a file of this contact center.
   * @throws RcsError RCS_MEDIA_LOCATION_REFUSED for everything outside its storages.
   */
  resolve(descriptor: LocationDescriptor, contactCenter: string): MediaLocation {
    return resolveLocation(descriptor, contactCenter, this.configurations);
  }

  /**
   * The one text for a place, however a location is written and whichever of the configured storages it lies in: what two
   * readers could take for one place has one text. Windows of a file are all in its place.
   */
  placeOf({ storageIndex, segments }: MediaLocation): string {
    const configuration = this.configurations[storageIndex];
    const base = configuration === undefined ? undefined : baseOf(configuration.url);
    if (base === undefined) throw new RangeError(`there is no storage ${storageIndex}`);
    return [base.origin, ...[...base.segments, ...segments].map(folded)].join('/');
  }

  /** What decides which places locations mean: another list may resolve them otherwise. */
  get places(): readonly string[] {
    return this.configurations.map(({ storage, url, contactCenters }) =>
      JSON.stringify([storage, url, contactCenters]),
    );
  }

  /** Which media in the clear plays from this place. */
  plainMediaOf({ storageIndex }: MediaLocation): 'recognised' | 'any' {
    return this.configurations[storageIndex]?.plainMedia ?? 'recognised';
  }

  /** Size and validators of a stored file, and the bytes at its ends that are wanted right away. @throws RcsError RCS_STORAGE_* */
  async open(location: MediaLocation, hint: OpenHint, signal: AbortSignal): Promise<StoredObject> {
    const { window } = location;
    if (window === undefined) return this.storageOf(location).open(location, hint, signal);
    return new WindowOfFile(await this.storageOf(location).open(location, {}, signal), location, window);
  }

  /**
   * Stores a new file, whole or not at all, with the directories it lies in; one that is there already stays as it is.
   * `length` of a stream where it is known; a stream is destroyed at the end.
   * @throws RcsError RCS_STORAGE_FILE_EXISTS, RCS_STORAGE_*
   */
  async put(
    location: MediaLocation,
    body: Buffer | Readable,
    length: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    refuseWindow(location);
    await this.storageOf(location).put(location, body, length, signal);
  }

  /** Removes a stored file. Resolves when nothing is there any more. @throws RcsError RCS_STORAGE_* */
  async remove(location: MediaLocation, signal: AbortSignal): Promise<void> {
    refuseWindow(location);
    await this.storageOf(location).remove(location, signal);
  }

  /**
   * Gives a stored file another name in the same storage; a file of that name stays as it is.
   * @throws RcsError RCS_STORAGE_FILE_EXISTS, RCS_STORAGE_*
   */
  async move(from: MediaLocation, to: MediaLocation, signal: AbortSignal): Promise<void> {
    refuseWindow(from);
    refuseWindow(to);
    const storage = this.storageOf(from);
    if (storage.move === undefined || from.storageIndex !== to.storageIndex)
      throw new RcsError('RCS_STORAGE_FAILED', 'files of this kind of storage are not moved');
    await storage.move(from, to, signal);
  }

  /** What lies right below a folder; no segments for the base of the storage. @throws RcsError RCS_STORAGE_* */
  async list(location: MediaLocation, signal: AbortSignal): Promise<readonly StoredEntry[]> {
    const storage = this.storageOf(location);
    if (storage.list === undefined) throw new RcsError('RCS_STORAGE_FAILED', 'this kind of storage lists no folders');
    return storage.list(location.segments, signal);
  }

  /** The storages that this contact center may read from, by kind and base URL. */
  storagesOf(contactCenter: string): readonly StorageName[] {
    return this.configurations
      .filter(configuration => hasPlaceFor(contactCenter, configuration))
      .map(({ storage: kind, url }) => ({ kind, url }));
  }

  /**
   * Whether files of this contact center can be read now.
   * @throws RcsError RCS_MEDIA_LOCATION_REFUSED for what is no storage of this contact center.
   */
  async probe({ kind, url }: StorageName, contactCenter: string, signal: AbortSignal): Promise<StorageFindings> {
    const index = this.configurations.findIndex(
      one => one.storage === kind && one.url === url && hasPlaceFor(contactCenter, one),
    );
    const configuration = this.configurations[index];
    if (configuration === undefined) throw refused('it is no storage of this contact center');
    const probe = this.storageOf({ storageIndex: index, segments: [] }).probe(signal);
    return judgeProbe(configuration, probe, signal);
  }

  async close(): Promise<void> {
    await Promise.all(this.storages.map(storage => storage.close()));
  }

  private storageOf({ storageIndex }: MediaLocation): MediaStorage {
    const storage = this.storages[storageIndex];
    if (storage === undefined) throw new RangeError(`there is no storage ${storageIndex}`);
    return storage;
  }
}

/** A mounted archive is only read: what would be written into a window, or removed, is all of it. */
function refuseWindow({ window, segments }: MediaLocation): void {
  if (window === undefined) return;
  const message = `${segments.join('/')} is a mounted archive, which is only read: unmount it first`;
  throw new RcsError('RCS_STORAGE_ACCESS_REFUSED', message);
}

function storageFor(configuration: MediaStorageConfiguration, observer: StorageObserver): MediaStorage {
  if (configuration.storage === 'file') return new FileStorage(configuration.url, observer);
  return configuration.storage === 'rws'
    ? new RwsStorage(configuration, observer)
    : new WebDavStorage(configuration, observer);
}
