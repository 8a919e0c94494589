import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { Recording, RecordingStore, RemovalOrder, RemovalOutcome, RemovalStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { LocationClaims } from '../media-index/location-claims.js';
import { ForgottenKeys } from '../workers/forgotten-keys.js';
import { isMounted, refuseMounted } from './mounted-recording.js';
import { RemovalLedger } from './removal-ledger.js';
import { RemovedTraces } from './removed-traces.js';
import { StoredFileRemoval } from './stored-file-removal.js';

/** How long whoever asked waits for the stored files; what is left is removed in the background. */
const waitForFilesMs = 10_000;

export interface Removal {
  readonly outcome: Exclude<RemovalOutcome, 'unknown'>;
  /** Whether the stored files of what was removed are gone as well, and the ledger outside the store has it. */
  readonly isFinished: boolean;
}

/**
 * Removes recordings: first from the store, in one transaction with the order to remove the stored files, so that nothing
 * plays from then on, whatever happens; then from the workers' memories; then from the storages.
 */
@Injectable()
export class RecordingRemoval {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: RecordingStore,
    @Inject(storeTokens.removals) private readonly removals: RemovalStore,
    private readonly claims: LocationClaims,
    private readonly forgotten: ForgottenKeys,
    private readonly files: StoredFileRemoval,
    private readonly ledger: RemovalLedger,
    private readonly traces: RemovedTraces,
  ) {}

  /** @throws RcsError RCS_RECORDING_NOT_FOUND where the contact center has no such recording. */
  async find(contactCenter: string, id: string): Promise<Recording> {
    const recording = await this.recordings.find(id);
    if (recording?.contactCenter === contactCenter) return recording;
    throw new RcsError('RCS_RECORDING_NOT_FOUND', `no recording ${JSON.stringify(id)} of ${contactCenter}`);
  }

  /**
   * Durable when it resolves. Of what lies in a mounted archive an erasure takes the metadata and the keys to it, for good;
   * the archive itself stays as it is.
   * @param wait whether to wait for the stored files.
   * @throws RcsError RCS_RECORDING_READ_ONLY for what lies in a mounted archive, RCS_RECORDING_NOT_FOUND, RCS_RECORDING_PROTECTED, RCS_RECORDING_HELD, RCS_STORE_UNAVAILABLE
   */
  async remove(order: RemovalOrder, requestId: string, wait: boolean): Promise<Removal> {
    const { recordingId, contactCenter, kind } = order;
    const recording = await this.find(contactCenter, recordingId);
    if (kind === 'unmounted' && !isMounted(recording))
      throw new RcsError('RCS_RECORDING_NOT_FOUND', `${recordingId} lies in no mounted archive any more`);
    if (kind === 'deleted' || kind === 'expired') refuseMounted(recording);
    const outcome = await this.removals.remove(order, await this.claims.placesOf(recording));
    if (outcome === 'unknown') throw new RcsError('RCS_RECORDING_NOT_FOUND', `${recordingId} is gone already`);
    if (outcome === 'kept') return { outcome, isFinished: true };
    // It may be mounted again at once: no worker remembers it as one that is gone, and who is listening hears the end.
    if (kind === 'unmounted') return { outcome, isFinished: true };
    this.traces.note();
    const isKept = await this.ledger.keep();
    const erased = kind === 'erased' ? { erased: true } : {};
    await this.forgotten.announce({ contactCenter, recording: recordingId, ...erased }, requestId);
    if (!wait) return { outcome, isFinished: false };
    const allGone = await this.files.removeOf(recordingId, requestId, AbortSignal.timeout(waitForFilesMs));
    return { outcome, isFinished: allGone && isKept };
  }
}
