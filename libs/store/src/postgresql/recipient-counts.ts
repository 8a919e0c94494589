import {
  mayOverlap,
  recordingsOfGroups,
  type RecipientCounts,
  type RecipientSetCount,
} from '../rewrap/recipient-counts.js';
import type { Sql } from './sql.js';
import { originalText } from './storable-text.js';

interface CountRow {
  readonly recipient: string;
  readonly recordings: number;
}

const someText = `
  SELECT recipient, SUM(recordings)::bigint AS recordings FROM recipient_count
  WHERE contact_center = $1 AND recipient = ANY ($2::text[]) GROUP BY recipient`;

/** As one value: to read it takes a third of the time that so many rows take. */
const firstText = `
  SELECT coalesce(json_agg(json_build_array(recipient, recordings)), '[]')::text AS counts FROM (
    SELECT recipient, SUM(recordings)::bigint AS recordings FROM recipient_count
    WHERE contact_center = $1 GROUP BY recipient LIMIT $2) AS one`;

/** In one statement, so in one moment: recipients by themselves, all sets of several, and the recordings with more. */
const allText = `
  SELECT true AS "isSingle", ARRAY[recipient] AS recipients, SUM(recordings)::bigint AS recordings FROM recipient_count
  WHERE contact_center = $1 AND recipient = ANY ($2::text[]) GROUP BY recipient
  UNION ALL
  SELECT false, recipients, SUM(recordings)::bigint FROM recipient_set_count
  WHERE contact_center = $1 GROUP BY recipients HAVING SUM(recordings) <> 0
  UNION ALL
  SELECT false, array_agg(DISTINCT recipient), 1 FROM many_recipients AS many JOIN media_recipient AS own USING (recording_id)
  WHERE many.contact_center = $1 AND own.recipient || '' = ANY ($2::text[]) GROUP BY recording_id`;

/** By the counts that the triggers of the store keep: what it costs does not grow with the recordings. */
export async function countRecordings(
  sql: Sql,
  contactCenter: string,
  groups: readonly (readonly string[])[],
): Promise<readonly number[]> {
  const asked = groups.flat();
  const counts = await countsOf(sql, contactCenter, asked);
  if (!mayOverlap(groups, counts)) return recordingsOfGroups(groups, counts);
  const present = asked.filter(recipient => counts.has(recipient));
  const rows = await sql.all<RecipientSetCount & { readonly isSingle: boolean }>(allText, [contactCenter, present]);
  const read = rows.map(row => ({ ...row, recipients: row.recipients.map(originalText) }));
  const single = read.filter(({ isSingle }) => isSingle);
  return recordingsOfGroups(
    groups,
    new Map(single.map(({ recipients: [recipient = ''], recordings }) => [recipient, recordings])),
    read.filter(({ isSingle }) => !isSingle),
  );
}

async function countsOf(sql: Sql, contactCenter: string, asked: readonly string[]): Promise<RecipientCounts> {
  // All rows are read faster than as many are looked up.
  if (asked.length > fewAsked) {
    const row = await sql.first<{ counts: string }>(firstText, [contactCenter, asked.length + 1]);
    const counts = JSON.parse(row?.counts ?? '[]') as [string, number][];
    if (counts.length <= asked.length) return new Map(counts.map(([name, count]) => [originalText(name), count]));
  }
  const rows = await sql.all<CountRow>(someText, [contactCenter, asked]);
  return new Map(rows.map(({ recipient, recordings }) => [recipient, recordings]));
}

/** Of a page; in the order of the numbers of recordings all are asked for. */
const fewAsked = 5000;
