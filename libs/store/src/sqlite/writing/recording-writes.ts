import type Database from 'better-sqlite3';
import type { MediaFinding, PinResult } from '../../recordings/pinned-media.js';
import type { InsertionDetails } from '../../recordings/recording-store.js';
import type { Recording } from '../../recordings/recording.js';
import { epochMilliseconds, withoutLeaves } from '../../recordings/stored-recording.js';
import { HandOverTable } from './hand-over-table.js';
import { LocationClaims } from './location-claims.js';
import { MediaPinTable } from './media-pin-table.js';
import { RecipientTable } from './recipient-table.js';
import { SearchTable } from './search-table.js';
import { removedCode } from '../../removal/removed-code.js';
import { WriteRefused } from '../../group-commit/write-request.js';
import type { WriteHandlers } from './write-operation.js';

export type RecordingWrites = {
  insertRecording: { input: InsertionDetails & { recording: Recording }; result: 'created' | 'unchanged' };
  pinMedia: { input: { recordingId: string; finding: MediaFinding }; result: PinResult };
};

interface DocumentRow {
  readonly document: string;
}

export function recordingWrites(database: Database.Database): WriteHandlers<RecordingWrites> {
  const insert = database.prepare(
    `INSERT INTO recording (id, contact_center, region, start_time, caller_phone_number, dialed_phone_number, document)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const recipients = new RecipientTable(database);
  const pins = new MediaPinTable(database);
  const search = new SearchTable(database);
  const claims = new LocationClaims(database);
  const queue = new HandOverTable(database);
  const find = database.prepare<[string], DocumentRow>('SELECT document FROM recording WHERE id = ?');
  const removed = database.prepare<[string], { readonly contactCenter: string }>(
    `SELECT contact_center AS contactCenter FROM removal_ledger WHERE recording_id = ? AND media_id = ''`,
  );
  const stored = (id: string): Recording | undefined => {
    const row = find.get(id);
    return row === undefined ? undefined : (JSON.parse(row.document) as Recording);
  };

  return {
    insertRecording({ recording, findings = [], locations = [], handOvers = [] }) {
      const { id, contactCenter } = recording;
      const present = stored(id);
      if (present !== undefined) {
        if (withoutLeaves(present) === withoutLeaves(recording)) return 'unchanged';
        throw new WriteRefused('RCS_RECORDING_EXISTS', `a different recording ${id} is stored`);
      }
      const goneFrom = removed.get(id)?.contactCenter;
      if (goneFrom !== undefined)
        throw new WriteRefused(removedCode(goneFrom, contactCenter), `recording ${id} was removed`);
      const taken = locations.find(({ location }) => !claims.isOpenTo({ contactCenter, location }));
      if (taken !== undefined) {
        const detail = `${JSON.stringify(taken.mediaId)}: name a location of the contact center's own`;
        throw new WriteRefused('RCS_MEDIA_LOCATION_TAKEN', detail, detail);
      }
      const cleared = locations.find(({ location }) => claims.isBeingCleared(location));
      if (cleared !== undefined) {
        const detail = `${JSON.stringify(cleared.mediaId)}: the file of a removed recording lies there; name another location`;
        throw new WriteRefused('RCS_MEDIA_LOCATION_TAKEN', detail, detail);
      }
      insert.run(
        id,
        contactCenter,
        recording.region,
        epochMilliseconds(recording.startTime),
        recording.callerPhoneNumber ?? null,
        recording.dialedPhoneNumber ?? null,
        JSON.stringify(recording),
      );
      search.add(recording);
      recipients.replaceAll(recording);
      for (const { mediaId, location } of locations)
        claims.claim({ contactCenter, recordingId: id, mediaId, location });
      for (const finding of findings) pins.put(recording, finding);
      queue.add(recording, handOvers);
      return 'created';
    },

    pinMedia({ recordingId, finding }) {
      const recording = stored(recordingId);
      if (recording !== undefined) return pins.put(recording, finding);
      const message = `there is no recording ${recordingId} to pin a media file of`;
      throw new WriteRefused('RCS_RECORDING_NOT_FOUND', message);
    },
  };
}
