import { randomUUID } from 'node:crypto';
import { RcsError } from '#platform';
import type { MediaFinding, PinnedMedia, PinResult } from '../recordings/pinned-media.js';
import type { Recording } from '../recordings/recording.js';
import type { ClaimedLocation, InsertionDetails, RecordingStore } from '../recordings/recording-store.js';
import { withoutLeaves } from '../recordings/stored-recording.js';
import type { RemovalOrderStore } from '../removal/removal-order-store.js';
import { removedCode } from '../removal/removed-code.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { decidedRow, type GuardedRow } from './guarded-row.js';
import { claimLocations, noteLocations, releaseLocations } from './location-claims.js';
import { findLeaves, findPin, putPin } from './pin-rows.js';
import { removeMediaTraces } from './recording-traces.js';
import { makeSearchable } from './search-rows.js';
import type { VisibleRecordings } from './visible-recordings.js';

/**
 * Nothing spans partitions but this order: the row of the recording decides by a lightweight transaction who inserts it;
 * what belongs to it is written next, each by itself and the same however often; `complete` comes last, and nobody sees the
 * recording before. Who repeats an insertion that ended in between brings it to its end.
 */
export class CassandraRecordingStore implements RecordingStore {
  constructor(
    private readonly database: CassandraDatabase,
    private readonly visible: VisibleRecordings,
    private readonly orders: RemovalOrderStore,
  ) {}

  insert(recording: Recording, details: InsertionDetails = {}): Promise<'created' | 'unchanged'> {
    if ((details.handOvers ?? []).length > 0) {
      const publicDetail = 'the hand-over of recordings and recordings in Cassandra do not go together yet';
      return Promise.reject(new RcsError('RCS_NOT_WITH_CASSANDRA', publicDetail, { publicDetail }));
    }
    const act = randomUUID();
    return this.database.operation(() => this.inserted(recording, details, act));
  }

  find(id: string): Promise<Recording | undefined> {
    return this.database.operation(() => this.visible.find(id));
  }

  pin(recordingId: string, finding: MediaFinding): Promise<PinResult> {
    return this.database.operation(async () => {
      if (await this.mayBePinned(recordingId, finding.mediaId)) {
        const result = await putPin(this.database, recordingId, finding);
        // A removal that came in between has not seen it.
        if (await this.mayBePinned(recordingId, finding.mediaId)) return result;
        await removeMediaTraces(this.database, recordingId, finding.mediaId, []);
      }
      const message = `there is no recording ${recordingId} to pin a media file of`;
      throw new RcsError('RCS_RECORDING_NOT_FOUND', message);
    });
  }

  findPin(recordingId: string, mediaId: string): Promise<PinnedMedia | undefined> {
    return this.database.operation(() => findPin(this.database, recordingId, mediaId));
  }

  findLeaves(recordingId: string, mediaId: string): Promise<Buffer | undefined> {
    return this.database.operation(() => findLeaves(this.database, recordingId, mediaId));
  }

  /** Cassandra has no part of a value to give. */
  findLeavesAt(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  private async mayBePinned(recordingId: string, mediaId: string): Promise<boolean> {
    const recording = await this.visible.find(recordingId);
    if (recording === undefined) return false;
    if (recording.mediaFiles.some(file => file.mediaId === mediaId)) return true;
    const row = await decidedRow(this.database, recordingId);
    const isGoing = row?.recording.mediaFiles.some(file => file.mediaId === mediaId) === true;
    return !isGoing && (await this.orders.goneOf([recordingId])).get(recordingId)?.mediaIds.has(mediaId) !== true;
  }

  /** @param act the same when it is carried out again. */
  private async inserted(
    recording: Recording,
    { findings = [], locations = [] }: InsertionDetails,
    act: string,
  ): Promise<'created' | 'unchanged'> {
    // Before anything is claimed: whoever may not insert claims nothing.
    await this.refuseRemoved(recording);
    let present = await this.presentRow(recording);
    if (present?.complete === true) return present.insertedBy === act ? 'created' : 'unchanged';
    const claimant = { contactCenter: recording.contactCenter, act };
    const taken = await claimLocations(this.database, claimant, locations);
    if (taken !== undefined) throw takenLocation(taken.mediaId);
    try {
      if (present === undefined && !(await this.insertRow(recording, act))) present = await this.presentRow(recording);
      const stored = present?.recording ?? recording;
      const insertedBy = present?.insertedBy ?? act;
      await this.refuseWhatGoes(stored, insertedBy, locations);
      await makeSearchable(this.database, stored);
      for (const finding of findings) await putPin(this.database, stored.id, finding);
      const text = 'UPDATE recording SET complete = true WHERE id = ? IF inserted_by = ? AND removal = null';
      if (!(await this.database.runIf(text, [stored.id, insertedBy]))) throw takenAway(stored.id);
      return insertedBy === act ? 'created' : 'unchanged';
    } catch (error) {
      if (isRefusal(error)) await releaseLocations(this.database, claimant, locations);
      throw error;
    }
  }

  /** Whoever removes asks who names a place after it has noted that the file goes: here it is the other way round. */
  private async refuseWhatGoes(
    stored: Recording,
    insertedBy: string,
    locations: readonly ClaimedLocation[],
  ): Promise<void> {
    await noteLocations(this.database, stored.id, locations);
    try {
      // The row of a removed recording goes after the ledger has it: what is there by now is no removed one.
      await this.refuseRemoved(stored);
      const clearing = await this.orders.beingCleared(locations);
      if (clearing !== undefined) throw beingCleared(clearing.mediaId);
    } catch (error) {
      if (isRefusal(error)) await this.takeBack(stored.id, insertedBy, locations);
      throw error;
    }
  }

  /** Nobody has seen it. */
  private async takeBack(id: string, insertedBy: string, locations: readonly ClaimedLocation[]): Promise<void> {
    for (const { mediaId } of locations) await removeMediaTraces(this.database, id, mediaId, locations);
    const text = 'DELETE FROM recording WHERE id = ? IF inserted_by = ? AND complete = false';
    await this.database.runIf(text, [id, insertedBy]);
  }

  /** @throws RcsError RCS_RECORDING_REMOVED, RCS_RECORDING_EXISTS */
  private async refuseRemoved({ id, contactCenter }: Recording): Promise<void> {
    const gone = (await this.orders.goneOf([id])).get(id);
    if (gone?.isWhole === true) {
      throw new RcsError(removedCode(gone.contactCenter, contactCenter), `a recording ${id} was removed`);
    }
  }

  private insertRow(recording: Recording, act: string): Promise<boolean> {
    const text = `INSERT INTO recording (id, contact_center, document, inserted_by, complete)
                  VALUES (?, ?, ?, ?, false) IF NOT EXISTS`;
    return this.database.runIf(text, [recording.id, recording.contactCenter, JSON.stringify(recording), act]);
  }

  /** @throws RcsError RCS_RECORDING_EXISTS where it is a different one. */
  private async presentRow(recording: Recording): Promise<GuardedRow | undefined> {
    const row = await decidedRow(this.database, recording.id);
    if (row === undefined || withoutLeaves(row.recording) === withoutLeaves(recording)) return row;
    throw new RcsError('RCS_RECORDING_EXISTS', `a different recording ${recording.id} is stored`);
  }
}

const isRefusal = (error: unknown): boolean =>
  ['RCS_RECORDING_EXISTS', 'RCS_RECORDING_REMOVED', 'RCS_MEDIA_LOCATION_TAKEN'].includes(
    (error as { readonly code?: string }).code ?? '',
  );

/** By a removal, or by another insertion of it that was refused: the repetition finds out. */
const takenAway = (id: string): RcsError =>
  new RcsError('RCS_STORE_UNAVAILABLE', `the row of recording ${id} went during its insertion`);

const beingCleared = (mediaId: string): RcsError =>
  takenLocation(mediaId, 'the file of a removed recording lies there; name another location');

function takenLocation(mediaId: string, next = "name a location of the contact center's own"): RcsError {
  const detail = `${JSON.stringify(mediaId)}: ${next}`;
  return new RcsError('RCS_MEDIA_LOCATION_TAKEN', detail, { publicDetail: detail });
}
