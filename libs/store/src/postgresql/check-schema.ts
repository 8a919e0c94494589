import type { Client } from 'pg';
import type { DeclaredSchema } from './declared-schema.js';
import { notAsDeclared, triggersFor } from './declared-triggers.js';
import { bad, good, type StoreFinding } from '../check/store-finding.js';

const restore = 'restore the database from a backup, or have its owner make it again as a new, empty database shows it';

/** Tables, and what the triggers of the audit call: all that keeps it append-only. */
export async function checkSchema(client: Client, declared: DeclaredSchema): Promise<StoreFinding[]> {
  return [
    await checkTables(client, declared),
    await checkAudit(client, declared),
    await checkIndexes(client, declared),
  ];
}

async function checkTables(client: Client, { tables }: DeclaredSchema): Promise<StoreFinding> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL ORDER BY name`,
    [[...tables]],
  );
  if (rows.length === 0) return good('schema', `${tables.size} tables`);
  return bad('schema', `tables are missing: ${rows.map(({ name }) => name).join(', ')}`, restore);
}

/** In each month, besides what the audit as a whole has. */
const neverEmptied = { name: 'is_never_emptied', act: 'BEFORE TRUNCATE FOR EACH STATEMENT rcs_append_only' };

async function checkAudit(client: Client, declared: DeclaredSchema): Promise<StoreFinding> {
  const ofMonths = (await monthsOf(client)).map(table => ({ ...neverEmptied, table }));
  const problems = await notAsDeclared(client, declared, 'audit', ofMonths);
  if (problems.length === 0) return good('audit', `append-only by ${triggersFor(declared, 'audit').length} triggers`);
  return bad(
    'audit',
    `may be changed: ${problems.join('; ')}`,
    `run rcsctl audit verify with the checkpoints of all gateways, find out who did it, and put the triggers back: ALTER TABLE ... ENABLE TRIGGER ..., or ${restore}`,
  );
}

/** An index that PostgreSQL could not finish is there and not used. */
async function checkIndexes(client: Client, { indexes }: DeclaredSchema): Promise<StoreFinding> {
  const { rows } = await client.query<{ name: string; usable: boolean }>(
    `SELECT name, coalesce((SELECT indisvalid AND indisready FROM pg_index WHERE indexrelid = to_regclass(name)), false) AS usable
     FROM unnest($1::text[]) AS name ORDER BY name`,
    [[...indexes]],
  );
  const missing = rows.filter(({ usable }) => !usable).map(({ name }) => name);
  if (missing.length === 0) return good('indexes', `${indexes.size} indexes`);
  return bad(
    'indexes',
    `missing or not valid: ${missing.join(', ')}`,
    'REINDEX INDEX CONCURRENTLY those that are there; make the others as a new, empty database shows them (pg_dump --schema-only)',
  );
}

/** Partitions of the audit. */
export async function monthsOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
     WHERE i.inhparent = to_regclass('audit_record') ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}
