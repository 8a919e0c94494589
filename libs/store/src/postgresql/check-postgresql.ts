import { Client } from 'pg';
import { checkRecipientCounts } from './check-recipient-counts.js';
import { checkRights } from './check-rights.js';
import { checkSchema, monthsOf } from './check-schema.js';
import { connectionProblem } from './connection-advice.js';
import { declaredSchema, type DeclaredSchema } from './declared-schema.js';
import { migrations } from './migrate-schema.js';
import type { PostgresqlOptions } from './postgresql-options.js';
import { clientConfig, writableHost } from './primary-pool.js';
import { bad, good, type StoreFinding } from '../check/store-finding.js';

/** @param now whose month and the next are looked for */
export async function checkDatabase(
  options: PostgresqlOptions,
  role: string = options.user,
  now = new Date(),
): Promise<StoreFinding[]> {
  let client: Client | undefined;
  try {
    const host = await writableHost(options);
    client = new Client(clientConfig(options, host));
    client.on('error', () => undefined);
    await client.connect();
    return [good('connection', `${host.host}:${host.port} may be written`), ...(await checkStore(client, role, now))];
  } catch (error) {
    return [bad('connection', connectionProblem(options, error), 'correct store.postgresql, or the server')];
  } finally {
    await client?.end().catch(() => undefined);
  }
}

async function checkStore(client: Client, role: string, now: Date): Promise<StoreFinding[]> {
  const found = await versionOf(client);
  const known = migrations.at(-1)?.version ?? 0;
  if (found === undefined)
    return [bad('schema', 'there are no tables', 'run rcsctl store migrate as the role that shall own them')];
  const declared = declaredSchema(found);
  return [
    checkVersion(found, known),
    ...(await checkSchema(client, declared)),
    await checkMonths(client, now),
    ...(await checkCounts(client, declared)),
    await checkRights(client, declared, role),
  ];
}

/** Before the step that makes them there are none; without one of their tables, or the right to read it, others say so. */
async function checkCounts(client: Client, declared: DeclaredSchema): Promise<StoreFinding[]> {
  const tables = ['media_recipient', 'recipient_count', 'recipient_set_count', 'many_recipients'];
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT bool_and(coalesce(has_table_privilege(to_regclass(name), 'SELECT'), false)) AS there FROM unnest($1::text[]) AS name`,
    [tables],
  );
  const isToBeLookedAt = declared.tables.has('recipient_count') && rows[0]?.there === true;
  return isToBeLookedAt ? [await checkRecipientCounts(client, declared)] : [];
}

async function versionOf(client: Client): Promise<number | undefined> {
  const there = await client.query<{ there: boolean }>(`SELECT to_regclass('rcs_schema') IS NOT NULL AS there`);
  if (there.rows[0]?.there !== true) return undefined;
  return (await client.query<{ version: number }>('SELECT version FROM rcs_schema')).rows[0]?.version;
}

function checkVersion(found: number, known: number): StoreFinding {
  if (found === known) return good('schema', `version ${found}`);
  const versions = `version ${found}, this program knows ${known}`;
  if (found < known) return bad('schema', versions, 'run rcsctl store migrate as the owner of the tables');
  return { check: 'schema', verdict: 'doubtful', found: versions, advice: 'Check it with the newer version.' };
}

/** Gateways make them when they start and at the first record of a month, so a missing one is no failure. */
async function checkMonths(client: Client, now: Date): Promise<StoreFinding> {
  const present = await monthsOf(client);
  const wanted = [0, 1].map(ahead => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)));
  const missing = wanted
    .map(month => month.toISOString().slice(0, 7))
    .filter(month => !present.includes(`audit_record_${month.replace('-', '_')}`));
  if (missing.length === 0) return good('months', `${present.length} months, the next is there`);
  return {
    check: 'months',
    verdict: 'doubtful',
    found: `no partition yet for ${missing.join(' and ')}`,
    advice: `A gateway makes it when it starts or needs it. Ahead of that: SELECT rcs_audit_month('${missing[0] ?? ''}')`,
  };
}
