import { GroupCounts, RecipientGroups } from '../rewrap/recipient-counts.js';
import type { Sql } from './sql.js';
import { originalText } from './storable-text.js';

interface CountRow {
  readonly recipient: string;
  readonly recordings: number;
}

interface SetRow {
  readonly isSingle: boolean;
  readonly recipients: readonly string[];
  readonly recordings: number;
}

const someText = `
  SELECT recipient, SUM(recordings)::bigint AS recordings FROM recipient_count
  WHERE contact_center = $1 AND recipient = ANY ($2::text[]) GROUP BY recipient`;

/**
 * Rows as they lie there, as one value: to read it takes a small part of the time that so many rows take, and the server does
 * not group them. Few recipients have more than the row of slot 0.
 */
const firstText = `
  SELECT json_build_array(json_agg(recipient) FILTER (WHERE slot = 0), json_agg(recordings) FILTER (WHERE slot = 0),
    json_agg(json_build_array(recipient, recordings)) FILTER (WHERE slot > 0), COUNT(*))::text AS counts
  FROM (SELECT recipient, slot, recordings FROM recipient_count WHERE contact_center = $1 LIMIT $2) AS one`;

type FirstRows = readonly [
  recipients: readonly string[] | null,
  recordings: readonly number[] | null,
  others: readonly (readonly [recipient: string, recordings: number])[] | null,
  rows: number,
];

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
  asked: readonly (readonly string[])[],
): Promise<readonly number[]> {
  const groups = RecipientGroups.of(asked);
  const counts = await countsOf(sql, contactCenter, groups);
  if (!counts.mayOverlap) return counts.totals();
  const rows = await sql.all<SetRow>(allText, [contactCenter, groups.recipients]);
  const anew = new GroupCounts(groups);
  const several: SetRow[] = [];
  for (const row of rows) {
    const recipients = row.recipients.map(originalText);
    if (row.isSingle) anew.add(recipients[0] ?? '', row.recordings);
    else several.push({ ...row, recipients });
  }
  return anew.totals(several);
}

async function countsOf(sql: Sql, contactCenter: string, groups: RecipientGroups): Promise<GroupCounts> {
  const { recipients } = groups;
  const counts = new GroupCounts(groups);
  // All rows are read faster than as many are looked up.
  if (recipients.length > fewAsked) {
    const most = 2 * recipients.length;
    const row = await sql.first<{ counts: string }>(firstText, [contactCenter, most]);
    const first = JSON.parse(row?.counts ?? '[null,null,null,0]') as FirstRows;
    if (first[3] < most) return addRows(counts, first);
  }
  const rows = await sql.all<CountRow>(someText, [contactCenter, recipients]);
  for (const { recipient, recordings } of rows) counts.add(recipient, recordings);
  return counts;
}

function addRows(counts: GroupCounts, [recipients, recordings, others]: FirstRows): GroupCounts {
  const more = new Map<string, number>();
  for (const [recipient, number] of others ?? []) more.set(recipient, (more.get(recipient) ?? 0) + number);
  for (const [index, recipient] of (recipients ?? []).entries()) {
    const number = recordings?.[index] ?? 0;
    counts.add(originalText(recipient), more.size === 0 ? number : number + (more.get(recipient) ?? 0));
    if (more.size > 0) more.delete(recipient);
  }
  for (const [recipient, number] of more) counts.add(originalText(recipient), number);
  return counts;
}

/** Of a page; in the order of the numbers of recordings all are asked for. */
const fewAsked = 5000;
