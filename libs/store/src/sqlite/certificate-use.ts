import type Database from 'better-sqlite3';
import type { CertificateUse, UseQuestion } from '../certificates/certificate-store.js';
import { countNeedingArchives } from './archive-need-table.js';
import { rangesOf, unindexedRangesOf, within, type RecordingRange } from './reading/recording-ranges.js';
import { CertificateRows } from './writing/certificate-rows.js';

/**
 * In the transaction that removes a certificate: of the recordings those alone whose recipients have changed since they were
 * counted, and of the unknown ones all, of which there were none then.
 */
export const certificateUseSince = (database: Database.Database, question: UseQuestion): CertificateUse => ({
  ...usedElsewhere(database, question),
  recordings: countChangedNeeding(database, question),
  unknown: countUnknownIn(database, question.contactCenter, {}),
});

/** Counts what needs a certificate; others have their turn meanwhile. The database is read in one moment. */
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
  const { condition, bound } = within(range);
  const row = database
    .prepare<string[], CountRow>(
      `SELECT COUNT(DISTINCT recording_id) AS count FROM media_recipient AS own
       WHERE contact_center = ? AND recipient IN (${marks(recipients)}) AND ${condition}
         AND NOT EXISTS (${openedBy(otherRecipients)})`,
    )
    .get(contactCenter, ...recipients, ...bound, ...otherRecipients);
  return row?.count ?? 0;
}

/** The same of those whose recipients were changed while somebody counted. */
function countChangedNeeding(database: Database.Database, question: UseQuestion): number {
  const { contactCenter, recipients, otherRecipients } = question;
  // From what was changed on, however few recordings have the recipients.
  const row = database
    .prepare<string[], CountRow>(
      `SELECT COUNT(DISTINCT own.recording_id) AS count
       FROM changed_need AS changed CROSS JOIN media_recipient AS own ON own.recording_id = changed.recording_id
       WHERE changed.contact_center = ? AND +own.contact_center = changed.contact_center
         AND +own.recipient IN (${marks(recipients)}) AND NOT EXISTS (${openedBy(otherRecipients)})`,
    )
    .get(contactCenter, ...recipients, ...otherRecipients);
  return row?.count ?? 0;
}

const marks = (values: readonly string[]): string => values.map(() => '?').join(', ');

/** Others that the media file of a row is for. */
const openedBy = (others: readonly string[]): string => `
  SELECT 1 FROM media_recipient AS other
  WHERE other.recording_id = own.recording_id AND other.media_id = own.media_id AND other.recipient IN (${marks(others)})`;

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
