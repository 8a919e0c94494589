import type Database from 'better-sqlite3';
import { canonicalJson } from '../../canonical-json.js';
import type { PinnedEnvelope, Recording } from '../../recordings/recording.js';
import { RecipientTable } from './recipient-table.js';
import type { DocumentWrites, WriteHandlers } from './write-operation.js';

interface DocumentRow {
  readonly document: string;
}

export function recordingWrites(
  database: Database.Database,
): Pick<WriteHandlers<DocumentWrites>, 'insertRecording' | 'pinEnvelope'> {
  const insert = database.prepare(
    `INSERT INTO recording (id, contact_center, region, start_time, caller_phone_number, dialed_phone_number, document)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  const recipients = new RecipientTable(database);
  const find = database.prepare<[string], DocumentRow>('SELECT document FROM recording WHERE id = ?');
  const insertPin = database.prepare(
    'INSERT INTO envelope_pin (recording_id, media_id, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const findPin = database.prepare<[string, string], DocumentRow>(
    'SELECT document FROM envelope_pin WHERE recording_id = ? AND media_id = ?',
  );

  return {
    insertRecording(recording) {
      const { changes } = insert.run(
        recording.id,
        recording.contactCenter,
        recording.region,
        epochMilliseconds(recording.startTime),
        recording.callerPhoneNumber ?? null,
        recording.dialedPhoneNumber ?? null,
        JSON.stringify(recording),
      );
      if (changes === 1) {
        if (recording.mediaFiles.every(({ recipients }) => recipients !== undefined)) recipients.replaceAll(recording);
        return 'created';
      }
      const stored = JSON.parse(find.get(recording.id)?.document ?? 'null') as Recording;
      return withoutLeaves(stored) === withoutLeaves(recording) ? 'unchanged' : 'different';
    },

    pinEnvelope({ recordingId, mediaId, pin }) {
      if (find.get(recordingId) === undefined) return null;
      insertPin.run(recordingId, mediaId, JSON.stringify(pin));
      const inForce = findPin.get(recordingId, mediaId);
      return inForce === undefined ? null : (JSON.parse(inForce.document) as PinnedEnvelope);
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
