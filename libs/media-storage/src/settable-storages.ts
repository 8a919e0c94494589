import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { resolveLocation, type LocationDescriptor, type MediaLocation } from './media-location.js';
import type { MediaStorageConfiguration, StorageObserver } from './media-storage-configuration.js';
import { MediaStorages } from './media-storages.js';
import type { StorageFindings } from './storage-findings.js';
import { belongsTo, looksAlike, startsWith } from './storage-owners.js';
import { baseOf, refused } from './storage-path.js';

/** A storage that a contact center set for itself. */
export interface SetStorage {
  /** Base URL. */
  readonly url: string;
  readonly userName?: string | undefined;
  readonly password?: string | undefined;
}

/** A place in such a storage, and what opens it. */
export interface SetPlace {
  readonly storages: MediaStorages;
  readonly location: MediaLocation;
}

/** Storages that are remembered with their connections; others are connected anew. */
const remembered = 256;

/**
 * What contact centers may set: storages at and below the URLs that the operator named for that, and never a place that lies
 * in, or has in it, a storage of the configuration. Judged where one is set, and once more wherever one is used, so that
 * neither a store nor a gateway that somebody changed sends a worker anywhere else.
 */
export class SettableStorages {
  private readonly known = new LRUCache<string, MediaStorages>({ max: remembered });

  /**
   * @param settable where storages may be set
   * @param configured storages of the configuration
   */
  constructor(
    private readonly settable: readonly MediaStorageConfiguration[],
    private readonly configured: readonly MediaStorageConfiguration[],
    private readonly observer?: StorageObserver,
  ) {}

  /**
   * The one text of the place that a storage of this contact center would be.
   * @throws RcsError RCS_MEDIA_LOCATION_REFUSED for a storage that it may not set.
   */
  placeOf(url: string, contactCenter: string): string {
    this.settableAt(url, [], contactCenter);
    return this.storagesOf({ url }, contactCenter).placeOf({ storageIndex: 0, segments: [] });
  }

  /** Where media of this contact center lies in the storage. @throws RcsError RCS_MEDIA_LOCATION_REFUSED */
  resolve(descriptor: LocationDescriptor, contactCenter: string, storage: SetStorage): SetPlace {
    const own = { storage: 'webDAV' as const, url: storage.url, contactCenters: [contactCenter] };
    const location = resolveLocation(descriptor, contactCenter, [{ ...unconnected, ...own }]);
    this.settableAt(storage.url, location.segments, contactCenter);
    return { storages: this.storagesOf(storage, contactCenter), location };
  }

  /** Whether files can be read from it now. @throws RcsError RCS_MEDIA_LOCATION_REFUSED for one that it may not set. */
  async probe(storage: SetStorage, contactCenter: string, signal: AbortSignal): Promise<StorageFindings> {
    this.settableAt(storage.url, [], contactCenter);
    const { url } = storage;
    return this.storagesOf(storage, contactCenter).probe({ kind: 'webDAV', url }, contactCenter, signal);
  }

  async close(): Promise<void> {
    await Promise.all([...this.known.values()].map(storages => storages.close()));
  }

  /** The same connections for the same storage and credentials; those that fell out of memory end when they are idle. */
  private storagesOf(storage: SetStorage, contactCenter: string): MediaStorages {
    const { url, userName, password } = storage;
    const key = createHash('sha256')
      .update(JSON.stringify([contactCenter, url, userName ?? null, password ?? null]))
      .digest('base64');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const credentials = {
      ...(userName === undefined ? {} : { userName }),
      ...(password === undefined ? {} : { password }),
    };
    const configuration = {
      ...this.settableAt(url, [], contactCenter),
      url,
      contactCenters: [contactCenter],
      ...credentials,
    };
    const storages = new MediaStorages([configuration], this.observer);
    this.known.set(key, storages);
    return storages;
  }

  /** What the operator said of the place. */
  private settableAt(url: string, segments: readonly string[], contactCenter: string): MediaStorageConfiguration {
    const base = /[@?#]/.test(url) ? undefined : baseOf(url);
    if (base === undefined) throw refused('the storage has no proper URL');
    const names = [...base.segments, ...segments];
    for (const configured of this.configured) {
      const other = baseOf(configured.url);
      if (other?.origin !== base.origin) continue;
      if (startsWith(names, other.segments, looksAlike) || startsWith(other.segments, names, looksAlike))
        throw refused('a storage of the configuration lies there');
    }
    const found = this.settable.findIndex((one, storageIndex) => {
      const allowed = baseOf(one.url);
      if (allowed?.origin !== base.origin || !startsWith(base.segments, allowed.segments, isSame)) return false;
      const below = names.slice(allowed.segments.length);
      return belongsTo(contactCenter, { storageIndex, segments: below }, this.settable);
    });
    const settable = this.settable[found];
    if (settable === undefined) throw refused('this contact center may set no storage there');
    return settable;
  }
}

const isSame = (one: string, other: string): boolean => one === other;

/** For what is only resolved. */
const unconnected = {
  trustedCA: true,
  maxConnections: 1,
  connectTimeoutMs: 1,
  headersTimeoutMs: 1,
  idleTimeoutMs: 1,
  totalTimeoutMs: 1,
};
