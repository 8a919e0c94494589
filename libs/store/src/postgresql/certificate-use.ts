import type { CertificateUse, UseQuestion } from '../certificates/certificate-store.js';
import type { CertificateAssignment } from '../certificates/recording-certificate.js';
import { documentsIn } from './document-row.js';
import { earlierNow } from './earlier-now.js';
import { archivesNeeding } from './kept-archive-schema.js';
import type { Sql } from './sql.js';

/** Recordings with a media file of which nobody knows whom it is for. */
export const unknownRecordings = `
  SELECT COUNT(DISTINCT recording_id) FROM unindexed_media WHERE contact_center = $1 AND missing = 'inspection'`;

/** In one statement, so in one moment: what an inspection takes out of the one number it puts into the other. */
const counts = `
  SELECT (${unknownRecordings}) AS unknown, (
    SELECT COUNT(DISTINCT recording_id) FROM media_recipient AS own
    WHERE contact_center = $1 AND recipient = ANY($2) AND NOT EXISTS (
      SELECT FROM media_recipient AS other
      WHERE other.recording_id = own.recording_id AND other.media_id = own.media_id AND other.recipient = ANY($3))
  ) AS recordings, (${archivesNeeding}) AS archives`;

/** What needs a certificate: for whoever asks, and once more in the transaction that removes it. */
export async function certificateUse(sql: Sql, question: UseQuestion): Promise<CertificateUse> {
  const { contactCenter, alias, recipients, otherRecipients } = question;
  const assigned = (await assignmentsOf(sql, contactCenter)).filter(({ aliases }) => aliases.includes(alias));
  const values = [contactCenter, recipients, otherRecipients, await earlierNow(sql, Date.now())];
  const {
    recordings = 0,
    archives = 0,
    unknown = 0,
  } = (await sql.first<Partial<Omit<CertificateUse, 'assignments'>>>(counts, values)) ?? {};
  return { assignments: assigned.length, recordings, archives, unknown };
}

export const assignmentsOf = (sql: Sql, contactCenter: string): Promise<readonly CertificateAssignment[]> =>
  documentsIn<CertificateAssignment>(
    sql,
    'SELECT document FROM certificate_assignment WHERE contact_center = $1 ORDER BY target',
    [contactCenter],
  );
