import type { types } from 'cassandra-driver';
import { RcsError } from '#platform';
import type { DeletionProtection } from '../deletion-protection/deletion-protection-store.js';
import type { LegalHold } from '../removal/legal-hold.js';
import type { Recording } from '../recordings/recording.js';
import type { CassandraDatabase } from './cassandra-database.js';

/** A label as a row keeps it, by its name. */
export interface KeptLabel {
  readonly user: string;
  readonly time: string;
  /** Of whoever put it there: it names the row of its use. */
  readonly act: string;
}

/** Protection, with the act that applied it. */
export type KeptProtection = DeletionProtection & { readonly act: string };

/**
 * The row of a recording with all that decides about it. A change of holds or protection changes the revision as well, and a
 * removal is decided on the revision that it has looked at: of two that meet, one looks again.
 */
export interface GuardedRow {
  readonly recording: Recording;
  readonly insertedBy: string;
  readonly complete: boolean;
  readonly revision: string | null;
  /** The decided removal that is not finished, as text. */
  readonly removal: string | null;
  readonly protection: KeptProtection | undefined;
  readonly holds: readonly LegalHold[];
  readonly labels: ReadonlyMap<string, KeptLabel>;
}

const columns = 'document, inserted_by, complete, revision, removal, protection, holds, labels';

/** As the last lightweight transaction left it. */
export async function decidedRow(database: CassandraDatabase, id: string): Promise<GuardedRow | undefined> {
  // Cassandra has no empty keys.
  if (id === '') return undefined;
  return guardedRowOf(await database.firstDecided(`SELECT ${columns} FROM recording WHERE id = ?`, [id]));
}

export async function foundRow(database: CassandraDatabase, id: string): Promise<GuardedRow | undefined> {
  if (id === '') return undefined;
  return guardedRowOf(await database.first(`SELECT ${columns} FROM recording WHERE id = ?`, [id]));
}

/** A row whose insertion came to its end, and of which no removal is decided that takes it whole. */
export const isThere = (row: GuardedRow | undefined): row is GuardedRow =>
  row?.complete === true && (row.removal === null || !isWhole(row.removal));

const isWhole = (removal: string): boolean => !('mediaIds' in (JSON.parse(removal) as object));

/** Some of its media files are going at this moment: whoever changes it comes again. */
export const beingRemoved = (id: string): RcsError =>
  new RcsError('RCS_STORE_UNAVAILABLE', `media files of recording ${id} are being removed`);

function guardedRowOf(row: types.Row | undefined): GuardedRow | undefined {
  // What is left where somebody completed a row that had just gone has no document.
  const document = row?.['document'] as string | null | undefined;
  if (row === undefined || document === null || document === undefined) return undefined;
  const protection = row['protection'] as string | null;
  return {
    recording: JSON.parse(document) as Recording,
    insertedBy: row['inserted_by'] as string,
    complete: row['complete'] === true,
    revision: row['revision'] as string | null,
    removal: row['removal'] as string | null,
    protection: protection === null ? undefined : (JSON.parse(protection) as KeptProtection),
    holds: Object.values(mapIn(row, 'holds')).map(text => JSON.parse(text) as LegalHold),
    labels: new Map(Object.entries(mapIn(row, 'labels')).map(([name, text]) => [name, JSON.parse(text) as KeptLabel])),
  };
}

const mapIn = (row: types.Row, column: string): Readonly<Record<string, string>> =>
  (row[column] ?? {}) as Readonly<Record<string, string>>;
