import type Database from 'better-sqlite3';
import type { CertificateUse, UseQuestion } from '../certificates/certificate-store.js';
import { countNeedingArchives } from './archive-need-table.js';
import { rangesOf, unindexedRangesOf, within, type RecordingRange } from './reading/recording-ranges.js';
import { CertificateRows } from './writing/certificate-rows.js';

/** Counts what needs a certificate, in the transaction that removes it. */
export const certificateUse = (database: Database.Database, question: UseQuestion): CertificateUse => ({
  ...usedElsewhere(database, question),
  recordings: countNeeding(database, question, {}),
  unknown: countUnknownIn(database, question.contactCenter, {}),
});

/** The same for whoever asks: others have their turn meanwhile. The database is read in one moment. */
export async function certificateUseAtLength(
  database: Database.Database,
  question: UseQuestion,
): Promise<CertificateUse> {
  const { contactCenter, recipients } = question;
  let recordings = 0;
  for await (const range of rangesOf(database, contactCenter, recipients))
    recordings += countNeeding(database, question, range);
  const unknown = await countUnknown(database, contactCenter);
  return { ...usedElsewhere(database, question), recordings, unknown };
}

function usedElsewhere(
  database: Database.Database,
  question: UseQuestion,
): Pick<CertificateUse, 'assignments' | 'archives'> {
  const { contactCenter, alias } = question;
  const assigned = new CertificateRows(database)
    .assignments(contactCenter)
    .filter(({ aliases }) => aliases.includes(alias));
  return {
    assignments: assigned.length,
    archives: countNeedingArchives(database, question),
  };
}

/** Recordings with a media file that is for one of the recipients and for none of the others. */
function countNeeding(database: Database.Database, question: UseQuestion, range: RecordingRange): number {
  const { contactCenter, recipients, otherRecipients } = question;
  const marks = (values: readonly string[]): string => values.map(() => '?').join(', ');
  const { condition, bound } = within(range);
  const row = database
    .prepare<string[], CountRow>(
      `SELECT COUNT(DISTINCT recording_id) AS count FROM media_recipient AS own
       WHERE contact_center = ? AND recipient IN (${marks(recipients)}) AND ${condition} AND NOT EXISTS (
         SELECT 1 FROM media_recipient AS other
         WHERE other.recording_id = own.recording_id AND other.media_id = own.media_id
           AND other.recipient IN (${marks(otherRecipients)}))`,
    )
    .get(contactCenter, ...recipients, ...bound, ...otherRecipients);
  return row?.count ?? 0;
}

/** Recordings with a media file of which nobody knows whom it is for; others have their turn meanwhile. */
export async function countUnknown(database: Database.Database, contactCenter: string): Promise<number> {
  let unknown = 0;
  for await (const range of unindexedRangesOf(database, contactCenter, 'inspection'))
    unknown += countUnknownIn(database, contactCenter, range);
  return unknown;
}

function countUnknownIn(database: Database.Database, contactCenter: string, range: RecordingRange): number {
  const { condition, bound } = within(range);
  const row = database
    .prepare<string[], CountRow>(
      `SELECT COUNT(DISTINCT recording_id) AS count FROM unindexed_media
       WHERE contact_center = ? AND missing = 'inspection' AND ${condition}`,
    )
    .get(contactCenter, ...bound);
  return row?.count ?? 0;
}

interface CountRow {
  readonly count: number;
}
