import { Client } from 'pg';
import { annotationSchema } from './annotation-schema.js';
import { archiveJobSchema } from './archive-job-schema.js';
import { auditErasureSchema } from './audit-erasure-schema.js';
import { auditSchema } from './audit-schema.js';
import { certificateListSchema } from './certificate-list-schema.js';
import { custodySchema } from './custody-schema.js';
import { documentSchema } from './document-schema.js';
import type { DatabaseHost, PostgresqlOptions } from './postgresql-options.js';
import { clientConfig } from './primary-pool.js';
import { handOverSchema } from './hand-over-schema.js';
import { keptArchiveSchema } from './kept-archive-schema.js';
import { peaksSchema } from './peaks-schema.js';
import { rebuiltRecipientCounts } from './rebuilt-recipient-counts.js';
import { recipientCountSchema } from './recipient-count-schema.js';
import { removalOrderSchema } from './removal-order-schema.js';
import { removalSchema } from './removal-schema.js';
import { retentionSchema } from './retention-schema.js';
import { seenMarkSchema } from './seen-mark-schema.js';
import { searchSchema } from './search-schema.js';
import { settingSchema } from './setting-schema.js';
import { beginReadCommitted } from './sql.js';
import { unfinishedWorkSchema } from './unfinished-work-schema.js';

/** One step of the schema; the steps are never changed once released, only added to. */
export interface PostgresqlMigration {
  readonly version: number;
  /** The oldest version whose code still works with this one, so that old and new processes run side by side. */
  readonly worksWithCodeOf: number;
  readonly sql: string;
}

export const migrations: readonly PostgresqlMigration[] = [
  { version: 1, worksWithCodeOf: 1, sql: documentSchema + auditSchema },
  { version: 2, worksWithCodeOf: 1, sql: searchSchema },
  { version: 3, worksWithCodeOf: 1, sql: annotationSchema },
  { version: 4, worksWithCodeOf: 1, sql: removalSchema },
  { version: 5, worksWithCodeOf: 1, sql: handOverSchema },
  { version: 6, worksWithCodeOf: 1, sql: retentionSchema },
  { version: 7, worksWithCodeOf: 1, sql: settingSchema },
  { version: 8, worksWithCodeOf: 1, sql: seenMarkSchema },
  { version: 9, worksWithCodeOf: 1, sql: peaksSchema },
  { version: 10, worksWithCodeOf: 1, sql: auditErasureSchema },
  { version: 11, worksWithCodeOf: 1, sql: removalOrderSchema },
  { version: 12, worksWithCodeOf: 1, sql: custodySchema },
  { version: 13, worksWithCodeOf: 1, sql: archiveJobSchema },
  { version: 14, worksWithCodeOf: 1, sql: certificateListSchema },
  { version: 15, worksWithCodeOf: 1, sql: keptArchiveSchema },
  { version: 16, worksWithCodeOf: 1, sql: recipientCountSchema },
  { version: 17, worksWithCodeOf: 1, sql: rebuiltRecipientCounts },
  { version: 18, worksWithCodeOf: 1, sql: unfinishedWorkSchema },
];

/** A step may have to rewrite much. */
const migrationTimeoutMs = 600_000;
/** Any number that nobody else locks in this database. */
const lockNumber = 7203718000;

interface Present {
  readonly version: number;
  readonly oldest: number;
}

/**
 * Brings the schema to the newest version known here, in one transaction, one process at a time; of others that come at the
 * same time each finds it done. Where nothing is to be done, no right to change the schema is needed.
 * @throws Error where a newer version of this program made a schema that this one cannot work with, or rights are missing.
 */
export async function migrateSchema(
  options: PostgresqlOptions,
  host: DatabaseHost,
  steps: readonly PostgresqlMigration[] = migrations,
): Promise<void> {
  const config = clientConfig(options, host);
  const client = new Client({ ...config, query_timeout: migrationTimeoutMs, statement_timeout: migrationTimeoutMs });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const known = steps.at(-1)?.version ?? 0;
    if (isServed(await present(client), known)) return;
    await client.query(beginReadCommitted);
    await client.query('SELECT pg_advisory_xact_lock($1)', [lockNumber]);
    const found = await present(client);
    if (!isServed(found, known)) for (const step of steps) if (step.version > found.version) await apply(client, step);
    await client.query('COMMIT');
  } catch (error) {
    if ((error as { readonly code?: string }).code !== '42501') throw error;
    const message = `the schema must be made or brought up to date, and ${options.user} has no right to: run rcsctl store migrate as its owner`;
    throw new Error(`${message} (${(error as Error).message})`, { cause: error });
  } finally {
    await client.end();
  }
}

/** @throws Error for one that only newer code understands. */
function isServed({ version, oldest }: Present, known: number): boolean {
  if (version < known) return false;
  if (version === known || oldest <= known) return true;
  throw new Error(
    `it has schema version ${version}, this program knows ${known}: it was written by a newer version; ` +
      'start that version, or restore a backup from before the update',
  );
}

async function present(client: Client): Promise<Present> {
  const { rows: tables } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('rcs_schema') IS NOT NULL AS there`,
  );
  if (tables[0]?.there !== true) return { version: 0, oldest: 0 };
  const { rows } = await client.query<Present>('SELECT version, works_with_code_of AS oldest FROM rcs_schema');
  return rows[0] ?? { version: 0, oldest: 0 };
}

async function apply(client: Client, { version, worksWithCodeOf, sql }: PostgresqlMigration): Promise<void> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS rcs_schema (version integer NOT NULL, works_with_code_of integer NOT NULL)',
  );
  await client.query(sql);
  await client.query('DELETE FROM rcs_schema');
  await client.query('INSERT INTO rcs_schema VALUES ($1, $2)', [version, worksWithCodeOf]);
}

/**
 * Gives a role what a gateway needs and no more: of the audit it may add and read, and neither change nor remove. It also needs
 * the schema of the tables and the function that makes partitions, which runs with the rights of the owner.
 */
export async function grantUse(options: PostgresqlOptions, host: DatabaseHost, role: string): Promise<void> {
  const client = new Client(clientConfig(options, host));
  client.on('error', () => undefined);
  await client.connect();
  try {
    const to = client.escapeIdentifier(role);
    const { rows } = await client.query<{ schema: string }>('SELECT current_schema() AS schema');
    const schema = client.escapeIdentifier(rows[0]?.schema ?? 'public');
    await client.query(`
      BEGIN;
      GRANT USAGE ON SCHEMA ${schema} TO ${to};
      REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${to};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${to};
      ${[...withheld].map(([table, rights]) => `REVOKE ${rights.join(', ')} ON ${table} FROM ${to};`).join('\n')}
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${to};
      GRANT EXECUTE ON FUNCTION rcs_audit_month(text), rcs_erase_personal(text, bigint, text, text, text) TO ${to};
      COMMIT`);
    await revokeOnPartitions(client, to);
  } finally {
    await client.end();
  }
}

const changing = ['UPDATE', 'DELETE', 'TRUNCATE'];
const withheld: ReadonlyMap<string, readonly string[]> = new Map([
  ['audit_record', changing],
  ['audit_checkpoint', changing],
  ['audit_archive', changing],
  ['audit_erased', changing],
  ['audit_chain', ['DELETE', 'TRUNCATE']],
  ['audit_archived_chain', ['DELETE', 'TRUNCATE']],
  ['rcs_schema', ['INSERT', ...changing]],
]);

/** Rights in a table that a gateway has no use for, and somebody who took one over would. */
export const withheldRights = (table: string): readonly string[] | undefined => withheld.get(table);

/** Partitions are written and read through the table that they are of. */
async function revokeOnPartitions(client: Client, role: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_record'::regclass`,
  );
  for (const { name } of rows) await client.query(`REVOKE ALL ON ${name} FROM ${role}`);
}
