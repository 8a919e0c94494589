import { randomUUID } from 'node:crypto';
import { RcsError } from '#platform';
import type { MediaFinding, PinnedMedia, PinResult } from '../recordings/pinned-media.js';
import type { Recording } from '../recordings/recording.js';
import type { InsertionDetails, RecordingStore } from '../recordings/recording-store.js';
import { withoutLeaves } from '../recordings/stored-recording.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { claimLocations, noteLocations, releaseLocations } from './location-claims.js';
import { findLeaves, findPin, putPin } from './pin-rows.js';
import { completeRecording } from './recording-rows.js';
import { makeSearchable } from './search-rows.js';

/** A recording as it lies in the table, whether its insertion came to an end or not. */
interface StoredRow {
  readonly recording: Recording;
  readonly insertedBy: string;
  readonly complete: boolean;
}

/**
 * Nothing spans partitions but this order: the row of the recording decides by a lightweight transaction who inserts it;
 * what belongs to it is written next, each by itself and the same however often; `complete` comes last, and nobody sees the
 * recording before. Who repeats an insertion that ended in between brings it to its end.
 */
export class CassandraRecordingStore implements RecordingStore {
  constructor(private readonly database: CassandraDatabase) {}

  insert(recording: Recording, details: InsertionDetails = {}): Promise<'created' | 'unchanged'> {
    if ((details.handOvers ?? []).length > 0) {
      const publicDetail = 'the hand-over of recordings and recordings in Cassandra do not go together yet';
      return Promise.reject(new RcsError('RCS_NOT_WITH_CASSANDRA', publicDetail, { publicDetail }));
    }
    const act = randomUUID();
    return this.database.operation(() => this.inserted(recording, details, act));
  }

  find(id: string): Promise<Recording | undefined> {
    return this.database.operation(() => completeRecording(this.database, id));
  }

  pin(recordingId: string, finding: MediaFinding): Promise<PinResult> {
    return this.database.operation(async () => {
      if ((await completeRecording(this.database, recordingId)) !== undefined) {
        return putPin(this.database, recordingId, finding);
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

  /** @param act the same when it is carried out again. */
  private async inserted(
    recording: Recording,
    { findings = [], locations = [] }: InsertionDetails,
    act: string,
  ): Promise<'created' | 'unchanged'> {
    // Before anything is claimed: whoever may not insert claims nothing.
    let present = await this.presentRow(recording);
    if (present?.complete === true) return present.insertedBy === act ? 'created' : 'unchanged';
    const claimant = { contactCenter: recording.contactCenter, act };
    const taken = await claimLocations(this.database, claimant, locations);
    if (taken !== undefined) throw takenLocation(taken.mediaId);
    if (present === undefined && !(await this.insertRow(recording, act))) {
      try {
        present = await this.presentRow(recording);
      } catch (error) {
        await releaseLocations(this.database, claimant, locations);
        throw error;
      }
    }
    const stored = present?.recording ?? recording;
    await makeSearchable(this.database, stored);
    await noteLocations(this.database, stored.id, locations);
    for (const finding of findings) await putPin(this.database, stored.id, finding);
    const text = 'UPDATE recording SET complete = true WHERE id = ? IF EXISTS';
    await this.database.runIf(text, [stored.id]);
    return (present?.insertedBy ?? act) === act ? 'created' : 'unchanged';
  }

  private insertRow(recording: Recording, act: string): Promise<boolean> {
    const text = `INSERT INTO recording (id, contact_center, document, inserted_by, complete)
                  VALUES (?, ?, ?, ?, false) IF NOT EXISTS`;
    return this.database.runIf(text, [recording.id, recording.contactCenter, JSON.stringify(recording), act]);
  }

  /** @throws RcsError RCS_RECORDING_EXISTS where it is a different one. */
  private async presentRow(recording: Recording): Promise<StoredRow | undefined> {
    const text = 'SELECT document, inserted_by, complete FROM recording WHERE id = ?';
    const row = await this.database.firstDecided(text, [recording.id]);
    if (row === undefined) return undefined;
    const stored = JSON.parse(row['document'] as string) as Recording;
    if (withoutLeaves(stored) !== withoutLeaves(recording)) {
      throw new RcsError('RCS_RECORDING_EXISTS', `a different recording ${recording.id} is stored`);
    }
    return { recording: stored, insertedBy: row['inserted_by'] as string, complete: row['complete'] === true };
  }
}

function takenLocation(mediaId: string): RcsError {
  const detail = `${JSON.stringify(mediaId)}: name a location of the contact center's own`;
  return new RcsError('RCS_MEDIA_LOCATION_TAKEN', detail, { publicDetail: detail });
}
