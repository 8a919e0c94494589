import type { Client } from 'pg';
import { bad, good, type StoreFinding } from '../check/store-finding.js';
import type { DeclaredSchema } from './declared-schema.js';
import { notAsDeclared } from './declared-triggers.js';

/** Every row of the recipients is read. */
const timeoutMs = 600_000;

/** In one statement, so in one moment: what is kept and is not so, or is not kept. */
const wrong = `
  WITH kept AS (
    SELECT 'recipient' AS kind, contact_center, ARRAY[recipient] AS names, SUM(recordings)::bigint AS recordings
      FROM recipient_count GROUP BY contact_center, recipient HAVING SUM(recordings) <> 0
    UNION ALL
    SELECT 'set', contact_center, recipients, SUM(recordings)::bigint
      FROM recipient_set_count GROUP BY contact_center, recipients HAVING SUM(recordings) <> 0
    UNION ALL
    SELECT 'many', contact_center, ARRAY[recording_id], 1 FROM many_recipients),
  recording AS (
    SELECT contact_center, recording_id, array_agg(DISTINCT recipient) AS recipients FROM media_recipient
    GROUP BY contact_center, recording_id),
  counted AS (
    SELECT 'recipient' AS kind, contact_center, ARRAY[recipient] AS names, COUNT(DISTINCT recording_id) AS recordings
      FROM media_recipient GROUP BY contact_center, recipient
    UNION ALL
    SELECT 'set', contact_center, recipients, COUNT(*) FROM recording
      WHERE cardinality(recipients) BETWEEN 2 AND 8 GROUP BY contact_center, recipients
    UNION ALL
    SELECT 'many', contact_center, ARRAY[recording_id], 1 FROM recording WHERE cardinality(recipients) > 8)
  SELECT COUNT(*)::int AS wrong, (SELECT COUNT(*)::int FROM counted) AS counts FROM (
    SELECT kind, contact_center, names FROM (
      (TABLE kept EXCEPT ALL TABLE counted) UNION ALL (TABLE counted EXCEPT ALL TABLE kept)) AS differing
    GROUP BY kind, contact_center, names) AS one`;

/** Whether the triggers that count the recipients of recordings are there, and what they kept is what the rows say. */
export async function checkRecipientCounts(client: Client, declared: DeclaredSchema): Promise<StoreFinding> {
  const problems = await notAsDeclared(client, declared, 'counts');
  await client.query(`SET statement_timeout = ${timeoutMs}`);
  // What the types of pg leave out: how long this query may take.
  const query = { text: wrong, query_timeout: timeoutMs };
  const row = (await client.query<{ wrong: number; counts: number }>(query)).rows[0];
  if (row !== undefined && row.wrong > 0) problems.push(`counts that are not those of the rows: ${row.wrong}`);
  if (problems.length === 0) return good('counts', `${row?.counts ?? 0} counts of recordings are those of the rows`);
  const restore = 'put the triggers back as a new, empty database shows them, and ';
  const isKept = problems.length === 1 && row !== undefined && row.wrong > 0;
  return bad('counts', problems.join('; '), `${isKept ? '' : restore}run rcsctl store recount`);
}
