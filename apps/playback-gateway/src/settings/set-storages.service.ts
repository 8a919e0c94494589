import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { HandedStorage } from '#contracts';
import type { GrantContent } from '#grants';
import { MediaStorages, SettableStorages, type LocationDescriptor } from '#media-storage';
import { RcsError } from '#platform';
import type { Setting, SettingStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import type { AskedStorages } from './setting-kinds.js';
import { StorageSeals } from './storage-seals.js';

/** A storage as the store has it. */
export interface KeptStorage {
  readonly storageType: 'webDAV';
  readonly active: boolean;
  readonly url: string;
  readonly userName?: string;
  /** Of this state of it: what workers opened with another counts no more. */
  readonly version: string;
  /** The credentials, if it has any. */
  readonly sealed?: string;
}

/** The storage that a media file lies in. */
export interface FoundStorage {
  /** The part of a grant that names it. */
  readonly granted: NonNullable<GrantContent['storage']>;
  /** For the worker. */
  readonly handed: HandedStorage;
  /** The one text of the place. */
  readonly place: string;
  /** Whether new recordings may lie there. */
  readonly isActive: boolean;
}

/**
 * The storages that contact centers set for themselves. A location of the configuration's storages lies there, whatever was
 * set; any other is looked for in what its contact center has set now, on every gateway.
 */
@Injectable()
export class SetStorages {
  constructor(
    @Inject(storeTokens.settings) private readonly settings: SettingStore,
    private readonly configured: MediaStorages,
    private readonly settable: SettableStorages,
    private readonly seals: StorageSeals,
  ) {}

  /** What is kept of storages, and where they are. @throws RcsError RCS_MEDIA_LOCATION_REFUSED for what may not be set. */
  keep(
    contactCenter: string,
    asked: AskedStorages,
  ): { readonly kept: readonly KeptStorage[]; readonly places: string[] } {
    const kept = asked.map(({ storageType, active, credential: { userName, password, storagePath } }) => {
      const [url, version] = [storagePath.replace(/\/+$/, ''), randomUUID()];
      const hasCredential = userName !== undefined || password !== undefined;
      const sealed = hasCredential
        ? { sealed: this.seals.seal([contactCenter, url, version], { userName, password }) }
        : {};
      return { storageType, active, url, version, ...(userName === undefined ? {} : { userName }), ...sealed };
    });
    return { kept, places: kept.map(({ url }) => this.settable.placeOf(url, contactCenter)) };
  }

  /**
   * The storage that a location lies in; undefined for one of the configuration, and for none.
   * @throws RcsError RCS_STORAGE_ACCESS_REFUSED where its credentials cannot be read.
   */
  async find(descriptor: LocationDescriptor, contactCenter: string): Promise<FoundStorage | undefined> {
    if (this.isConfigured(descriptor, contactCenter)) return undefined;
    // A path alone would mean another file as soon as another storage is set.
    if (!isUrl(descriptor)) return undefined;
    const around = (await this.settings.list(contactCenter))
      .flatMap(storagesOf)
      .flatMap(storage => this.within(storage, descriptor, contactCenter))
      .sort((one, other) => other.storage.url.length - one.storage.url.length);
    const [found] = around;
    if (found === undefined) return undefined;
    // The same storage may be set for several locations.
    const isActive = around.some(({ storage }) => storage.active && storage.url === found.storage.url);
    return { ...this.open(found.storage, contactCenter), place: found.place, isActive };
  }

  /** What opens a storage. @throws RcsError RCS_STORAGE_ACCESS_REFUSED where its credentials cannot be read. */
  open(
    { url, version, sealed }: Pick<KeptStorage, 'url' | 'version' | 'sealed'>,
    contactCenter: string,
  ): Pick<FoundStorage, 'granted' | 'handed'> {
    const credential = sealed === undefined ? {} : this.seals.open([contactCenter, url, version], sealed);
    return { granted: { url, version }, handed: { url, ...credential } };
  }

  /** Whether a media file lies in the storage at this URL, set or not. */
  isWithin(descriptor: LocationDescriptor, contactCenter: string, url: string): boolean {
    return isUrl(descriptor) && this.within({ url }, descriptor, contactCenter).length > 0;
  }

  private within<Storage extends Pick<KeptStorage, 'url'>>(
    storage: Storage,
    descriptor: LocationDescriptor,
    contactCenter: string,
  ) {
    try {
      const { storages, location } = this.settable.resolve(descriptor, contactCenter, { url: storage.url });
      return [{ storage, place: storages.placeOf(location) }];
    } catch (error) {
      if (error instanceof RcsError && error.code === 'RCS_MEDIA_LOCATION_REFUSED') return [];
      throw error;
    }
  }

  private isConfigured(descriptor: LocationDescriptor, contactCenter: string): boolean {
    try {
      this.configured.resolve(descriptor, contactCenter);
      return true;
    } catch (error) {
      if (error instanceof RcsError && error.code === 'RCS_MEDIA_LOCATION_REFUSED') return false;
      throw error;
    }
  }
}

const isUrl = ({ path }: LocationDescriptor): boolean => /^https?:\/\//i.test(path);

/** The storages of a setting; none where it is about something else. */
export const storagesOf = ({ group, name, value }: Setting): readonly KeptStorage[] =>
  group === 'screen-recording' && name === 'storage' ? (JSON.parse(value) as readonly KeptStorage[]) : [];
