import type Database from 'better-sqlite3';
import type { CertificateUse, UseQuestion } from '../certificates/certificate-store.js';
import { countNeedingArchives } from './archive-need-table.js';
import { CertificateRows } from './writing/certificate-rows.js';

/** Counts what needs a certificate: for whoever asks, and once more in the transaction that removes it. */
export function certificateUse(database: Database.Database, question: UseQuestion): CertificateUse {
  const { contactCenter, alias } = question;
  const assigned = new CertificateRows(database)
    .assignments(contactCenter)
    .filter(({ aliases }) => aliases.includes(alias));
  return {
    assignments: assigned.length,
    recordings: countNeeding(database, question),
    archives: countNeedingArchives(database, question),
    unknown: countUnknown(database, contactCenter),
  };
}

/** Recordings with a media file that is for one of the recipients and for none of the others. */
function countNeeding(database: Database.Database, question: UseQuestion): number {
  const { contactCenter, recipients, otherRecipients } = question;
  const marks = (values: readonly string[]): string => values.map(() => '?').join(', ');
  const row = database
    .prepare<string[], CountRow>(
      `SELECT COUNT(DISTINCT recording_id) AS count FROM media_recipient AS own
       WHERE contact_center = ? AND recipient IN (${marks(recipients)}) AND NOT EXISTS (
         SELECT 1 FROM media_recipient AS other
         WHERE other.recording_id = own.recording_id AND other.media_id = own.media_id
           AND other.recipient IN (${marks(otherRecipients)}))`,
    )
    .get(contactCenter, ...recipients, ...otherRecipients);
  return row?.count ?? 0;
}

/** Recordings with a media file of which nobody knows whom it is for. */
export function countUnknown(database: Database.Database, contactCenter: string): number {
  const row = database
    .prepare<[string], CountRow>(
      `SELECT COUNT(DISTINCT recording_id) AS count FROM unindexed_media
       WHERE contact_center = ? AND missing = 'inspection'`,
    )
    .get(contactCenter);
  return row?.count ?? 0;
}

interface CountRow {
  readonly count: number;
}
