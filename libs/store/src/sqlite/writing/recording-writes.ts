import type Database from 'better-sqlite3';
import { canonicalJson } from '../../canonical-json.js';
import type { Recording } from '../../recordings/recording.js';
import { LocationClaims } from './location-claims.js';
import { MediaPinTable } from './media-pin-table.js';
import { RecipientTable } from './recipient-table.js';
import type { DocumentWrites, WriteHandlers } from './write-operation.js';

interface DocumentRow {
  readonly document: string;
}

export function recordingWrites(
  database: Database.Database,
): Pick<WriteHandlers<DocumentWrites>, 'insertRecording' | 'pinMedia'> {
  const insert = database.prepare(
    `INSERT INTO recording (id, contact_center, region, start_time, caller_phone_number, dialed_phone_number, document)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const recipients = new RecipientTable(database);
  const pins = new MediaPinTable(database);
  const claims = new LocationClaims(database);
  const find = database.prepare<[string], DocumentRow>('SELECT document FROM recording WHERE id = ?');
  const stored = (id: string): Recording | undefined => {
    const row = find.get(id);
    return row === undefined ? undefined : (JSON.parse(row.document) as Recording);
  };

  return {
    insertRecording({ recording, findings = [], locations = [] }) {
      const { id, contactCenter } = recording;
      const present = stored(id);
      if (present !== undefined) {
        return { outcome: withoutLeaves(present) === withoutLeaves(recording) ? 'unchanged' : 'different' };
      }
      const taken = locations.find(({ location }) => !claims.isOpenTo({ contactCenter, location }));
      if (taken !== undefined) return { outcome: 'location-taken', mediaId: taken.mediaId };
      insert.run(
        id,
        contactCenter,
        recording.region,
        epochMilliseconds(recording.startTime),
        recording.callerPhoneNumber ?? null,
        recording.dialedPhoneNumber ?? null,
        JSON.stringify(recording),
      );
      recipients.replaceAll(recording);
      for (const { location } of locations) claims.claim({ contactCenter, location });
      for (const finding of findings) pins.put(recording, finding);
      return { outcome: 'created' };
    },

    pinMedia({ recordingId, finding }) {
      const recording = stored(recordingId);
      return recording === undefined ? null : pins.put(recording, finding);
    },
  };
}

/** null where there is no start time or it is none; such recordings are found by their other properties. */
function epochMilliseconds(time: string | undefined): number | null {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

/** The recording in the form that two inserts are compared in. */
function withoutLeaves(recording: Recording): string {
  const mediaFiles = recording.mediaFiles.map(mediaFile => ({ ...mediaFile, leaf: undefined, recipients: undefined }));
  return canonicalJson({ ...recording, mediaFiles });
}
