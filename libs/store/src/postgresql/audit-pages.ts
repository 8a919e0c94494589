import type { AuditPosition, StoredCheckpoint } from '../audit/audit-log.js';
import type { ArchivablePart } from '../audit/audit-retention.js';
import type { AuditSelection } from '../audit/audit-selection.js';
import type { StoredAuditRecord } from '../audit/stored-audit-record.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import type { Sql, SqlValue } from './sql.js';

const pageSize = 500;
const columns = 'writer, sequence, time, user_name AS "user", recording, record AS text, personal, hash';

const noted = `(SELECT string_agg(e.fields, ',') FROM audit_erased AS e
  WHERE e.writer = audit_record.writer AND e.sequence = audit_record.sequence) AS erased`;

type Pages<T> = AsyncGenerator<readonly T[]>;

/** All records by writer and sequence, page by page, without holding a transaction open between them. */
export async function* pagesInChainOrder(database: PostgresqlDatabase): Pages<StoredAuditRecord> {
  // By time, too: of two records of one number neither must be passed over.
  const text = `SELECT ${columns}, ${noted} FROM audit_record WHERE (writer, sequence, time) > ($1, $2, $3)
                ORDER BY writer, sequence, time LIMIT ${pageSize}`;
  let after: readonly SqlValue[] | undefined = ['', 0, ''];
  while (after !== undefined) {
    const from: readonly SqlValue[] = after;
    const page = await database.read(sql => sql.all<StoredAuditRecord>(text, from));
    if (page.length > 0) yield page;
    const last = page.at(-1);
    after = last === undefined ? undefined : [last.writer, last.sequence, last.time];
  }
}

/** The records of parts of chains, in the order of the parts. */
export async function* pagesOfParts(
  database: PostgresqlDatabase,
  parts: readonly ArchivablePart[],
): Pages<StoredAuditRecord> {
  const text = `SELECT ${columns} FROM audit_record WHERE writer = $1 AND sequence >= $2 AND sequence < $3 ORDER BY sequence`;
  for (const { writer, from, size } of parts) {
    for (let next = from; next < size; next += pageSize) {
      const values = [writer, next, Math.min(size, next + pageSize)];
      yield await database.read(sql => sql.all<StoredAuditRecord>(text, values));
    }
  }
}

/** The record of a writer that has this number. */
export const findRecord = (sql: Sql, writer: string, sequence: number): Promise<StoredAuditRecord | undefined> =>
  sql.first<StoredAuditRecord>(`SELECT ${columns} FROM audit_record WHERE writer = $1 AND sequence = $2`, [
    writer,
    sequence,
  ]);

/** The selected records by time, page by page. */
export async function* pagesInTimeOrder(
  database: PostgresqlDatabase,
  selection: AuditSelection,
): Pages<StoredAuditRecord> {
  let remaining = selection.limit;
  let last: AuditPosition | undefined = selection.after;
  while (remaining > 0) {
    const size = Math.min(pageSize, remaining);
    const { text, values } = timeOrderedSelect(selection, last, size);
    const page = await database.read(sql => sql.all<StoredAuditRecord>(text, values));
    if (page.length > 0) yield page;
    if (page.length < size) return;
    remaining -= size;
    last = page.at(-1);
  }
}

function timeOrderedSelect(
  { from, to, user, recording, contactCenter, newestFirst }: AuditSelection,
  last: AuditPosition | undefined,
  size: number,
): { readonly text: string; readonly values: readonly SqlValue[] } {
  const [direction, beyond] = newestFirst ? ['DESC', '<'] : ['ASC', '>'];
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const add = (condition: (place: (value: SqlValue) => string) => string): void => {
    conditions.push(condition(value => `$${values.push(value)}`));
  };
  if (from !== undefined) add(place => `time >= ${place(from)}`);
  if (to !== undefined) add(place => `time < ${place(to)}`);
  if (user !== undefined) add(place => `user_name = ${place(user)}`);
  if (recording !== undefined) add(place => `recording = ${place(recording)}`);
  // Canonical JSON has one text for it, which can stand nowhere else: inside of other texts its quotes are escaped.
  if (contactCenter !== undefined) {
    add(place => `strpos(record, ${place(`"contactCenter":${JSON.stringify(contactCenter)}`)}) > 0`);
  }
  if (last !== undefined) {
    const { time, writer, sequence } = last;
    add(place => `(time, writer, sequence) ${beyond} (${place(time)}, ${place(writer)}, ${place(sequence)})`);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return {
    text:
      `SELECT ${columns} FROM audit_record ${where} ` +
      `ORDER BY time ${direction}, writer ${direction}, sequence ${direction} LIMIT ${size}`,
    values,
  };
}

const checkpointColumns = 'SELECT number, writer, digest, note FROM audit_checkpoint';

/** The checkpoints after a number. */
export async function* checkpointsAfter(database: PostgresqlDatabase, after: number): Pages<StoredCheckpoint> {
  const text = `${checkpointColumns} WHERE number > $1 ORDER BY number LIMIT ${pageSize}`;
  for (let last: number | undefined = after; last !== undefined;) {
    const from: number = last;
    const page: readonly StoredCheckpoint[] = await database.read(sql => sql.all<StoredCheckpoint>(text, [from]));
    if (page.length > 0) yield page;
    last = page.at(-1)?.number;
  }
}

/** The last of all; undefined before the first. */
export const newestCheckpoint = (sql: Sql): Promise<StoredCheckpoint | undefined> =>
  sql.first<StoredCheckpoint>(`${checkpointColumns} ORDER BY number DESC LIMIT 1`);
