import type Database from 'better-sqlite3';
import type { NeedQuestion } from '../kept-archives/kept-archive-store.js';

/** Archives that need something: of those that are being made, the ones that may still become whole. */
export const needsSomething = `(kept.state <> 'making' OR kept.hold_until > @now)`;

/** Whether an archive has media files that are for one of `@own` and for none of `@others`: lists, as JSON. */
export const needsOneOf = `EXISTS (
  SELECT 1 FROM archive_recipient AS own
  WHERE own.contact_center = kept.contact_center AND own.archive_id = kept.id
    AND own.recipient IN (SELECT value FROM json_each(@own)) AND NOT EXISTS (
      SELECT 1 FROM archive_recipient AS other
      WHERE other.contact_center = own.contact_center AND other.archive_id = own.archive_id
        AND other.digest = own.digest AND other.recipient IN (SELECT value FROM json_each(@others))))`;

/** What the two are asked with. */
export const boundTo = (
  contactCenter: string,
  { recipients, otherRecipients }: Omit<NeedQuestion, 'contactCenter'>,
): Readonly<Record<string, string | number>> => ({
  contactCenter,
  own: JSON.stringify(recipients),
  others: JSON.stringify(otherRecipients),
  now: Date.now(),
});

/** Archives that were made here and that nothing else than the certificate opens. */
export function countNeedingArchives(database: Database.Database, question: NeedQuestion): number {
  const row = database
    .prepare<[object], { readonly count: number }>(
      // From the recipients on: of many archives few need one certificate.
      `SELECT COUNT(*) AS count FROM kept_archive AS kept
       WHERE kept.id IN (SELECT archive_id FROM archive_recipient
                         WHERE contact_center = @contactCenter AND recipient IN (SELECT value FROM json_each(@own)))
         AND ${needsSomething} AND ${needsOneOf}`,
    )
    .get(boundTo(question.contactCenter, question));
  return row?.count ?? 0;
}
