import type { MediaStorageConfiguration } from '#media-storage';
import { ConfigurationError, type Configuration } from '#platform';
import { placeOf } from '../recorder/record-media.js';
import { webdavAccess, type RecorderOptions } from '../recorder/recorder-access.js';

/** Options that say in which storage an archive lies. */
export interface ArchivePlaceOptions extends RecorderOptions {
  readonly storage: 'webDAV' | 'file';
}

/** Where an archive lies, or a member of it, as the servers are told. */
export interface ArchivePlace {
  readonly storage: 'webDAV' | 'file';
  readonly path: string;
}

/** The same, and how it is read from here. */
export interface ReadablePlace extends ArchivePlace {
  readonly reading: MediaStorageConfiguration;
  /** Below the base URL of `reading`. */
  readonly below: string;
  /** Into which an archive was unpacked: then both paths end with a slash. */
  readonly isFolder: boolean;
}

/** An archive is read from its first byte to its last: slow lines have their time. */
const patience = {
  trustedCA: true,
  maxConnections: 2,
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  totalTimeoutMs: 4 * 3600_000,
} as const;

/**
 * The place of an archive, from a path below the storage that the options name, or the configuration where they do not.
 * @throws ConfigurationError naming what neither of them says
 */
export function archivePlace(
  configuration: Configuration,
  { storage, ...options }: ArchivePlaceOptions,
  path: string,
): ReadablePlace {
  const below = path.replace(/^\/+/, '');
  const isFolder = below.endsWith('/');
  if (storage === 'webDAV') {
    const access = webdavAccess(configuration, options);
    const { url, user, password, caPem } = access;
    const credentials = user === undefined ? {} : { userName: user, password: password ?? '' };
    const trustedCA = caPem === undefined ? true : { pem: caPem };
    const reading = { ...patience, storage, url, trustedCA, ...credentials };
    return { storage, path: placeOf(below, access), below, isFolder, reading };
  }
  const url = options.storageUrl ?? configuration.mediaStorages.find(one => one.storage === 'file')?.url;
  if (url === undefined) throw new ConfigurationError('name --storage-url, or configure a storage of kind file');
  return {
    storage,
    path: `${url.replace(/\/+$/, '')}/${below}`,
    below,
    isFolder,
    reading: { ...patience, storage, url },
  };
}
