import { MediaStorages } from '../media-storages.js';
import type { MediaStorageConfiguration, StorageObserver } from '../media-storage-configuration.js';
import type { OpenHint, StoredObject } from '../stored-object.js';

/** Remembers what the storages tell their observer. */
export class RecordingObserver implements StorageObserver {
  readonly statuses: (number | 'failed')[] = [];
  bytes = 0;
  rangesIgnored = 0;

  requested(status: number | 'failed'): void {
    this.statuses.push(status);
  }

  received(bytes: number): void {
    this.bytes += bytes;
  }

  rangeIgnored(): void {
    this.rangesIgnored++;
  }
}

/** One WebDAV storage and what was seen of it. */
export class StorageProbe {
  readonly observer = new RecordingObserver();
  readonly storages: MediaStorages;

  constructor(url: string, settings: Partial<MediaStorageConfiguration> = {}) {
    const configuration: MediaStorageConfiguration = {
      storage: 'webDAV',
      url,
      trustedCA: true,
      maxConnections: 4,
      connectTimeoutMs: 10_000,
      headersTimeoutMs: 10_000,
      idleTimeoutMs: 10_000,
      totalTimeoutMs: 30_000,
      ...settings,
    };
    this.storages = new MediaStorages([configuration], this.observer);
  }

  open(path: string, hint: OpenHint = {}, signal = patience()): Promise<StoredObject> {
    return this.storages.open(this.storages.resolve({ storage: 'webDAV', path }, 'cc1'), hint, signal);
  }

  put(path: string, ...content: PutContent): Promise<void> {
    const [body, length, signal = patience()] = content;
    return this.storages.put(this.storages.resolve({ storage: 'webDAV', path }, 'cc1'), body, length, signal);
  }
}

type PutParameters = Parameters<MediaStorages['put']>;
type PutContent = [body: PutParameters[1], length?: PutParameters[2], signal?: AbortSignal];

/** A deadline that no working test comes near. */
export const patience = (): AbortSignal => AbortSignal.timeout(20_000);

/** What a media storage rejects with. */
export const rcsError = (code: string): Error => expect.objectContaining({ code }) as Error;
