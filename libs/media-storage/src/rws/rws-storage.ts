import { RcsError } from '#platform';
import type { MediaLocation } from '../media-location.js';
import type { MediaStorageConfiguration, StorageObserver } from '../media-storage-configuration.js';
import type { MediaStorage, OpenHint, StoredObject } from '../stored-object.js';
import { WebDavStorage } from '../webdav/webdav-storage.js';
import { rwsConnection } from './rws-connection.js';

/**
 * Media files that an RWS plays (`mediaUri`): read with ranges as those of a WebDAV server are. They are its own: nothing is
 * written or removed there.
 */
export class RwsStorage implements MediaStorage {
  private readonly reading: WebDavStorage;

  constructor(
    private readonly configuration: MediaStorageConfiguration,
    observer: StorageObserver,
  ) {
    this.reading = new WebDavStorage(configuration, observer, rwsConnection(configuration, observer));
  }

  open(location: MediaLocation, hint: OpenHint, signal: AbortSignal): Promise<StoredObject> {
    return this.reading.open(location, hint, signal);
  }

  put(): Promise<void> {
    return Promise.reject(this.refused('store media in one of mediaStorages'));
  }

  /** Resolves once the RWS has removed the media file by itself. */
  async remove(location: MediaLocation, signal: AbortSignal): Promise<void> {
    try {
      await this.open(location, {}, signal);
    } catch (error) {
      if (error instanceof RcsError && error.code === 'RCS_STORAGE_FILE_MISSING') return;
      throw error;
    }
    throw this.refused('delete the recording there, where its media lies');
  }

  probe(signal: AbortSignal): Promise<void> {
    return this.reading.probeReading(signal);
  }

  close(): Promise<void> {
    return this.reading.close();
  }

  private refused(nextStep: string): RcsError {
    const message = `${new URL(this.configuration.url).origin} is an RWS, which is only read: ${nextStep}`;
    return new RcsError('RCS_STORAGE_ACCESS_REFUSED', message);
  }
}
