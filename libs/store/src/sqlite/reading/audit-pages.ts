import type Database from 'better-sqlite3';
import type { AuditPosition } from '../../audit/audit-log.js';
import type { AuditSelection } from '../../audit/audit-selection.js';
import type { ArchivablePart } from '../../audit/audit-retention.js';
import type { StoredAuditRecord } from '../../audit/stored-audit-record.js';

const pageSize = 250;
const columns = 'writer, sequence, time, user, recording, record AS text, personal, hash';

const noted = `(SELECT group_concat(fields) FROM audit_erased AS e
  WHERE e.writer = audit_record.writer AND e.sequence = audit_record.sequence) AS erased`;

type Page = readonly StoredAuditRecord[];
type Parameter = string | number;

/** All records by writer and sequence, page by page, without holding a transaction open between them. */
export function* pagesInChainOrder(database: Database.Database): Generator<Page> {
  const select = database.prepare<[string, number], StoredAuditRecord>(
    `SELECT ${columns}, ${noted} FROM audit_record WHERE (writer, sequence) > (?, ?) ORDER BY writer, sequence LIMIT ${pageSize}`,
  );
  let page = select.all('', Number.MIN_SAFE_INTEGER);
  while (page.length > 0) {
    yield page;
    const last = page.at(-1);
    page = last === undefined ? [] : select.all(last.writer, last.sequence);
  }
}

/** The records of parts of chains, in the order of the parts. */
export function* pagesOfParts(database: Database.Database, parts: readonly ArchivablePart[]): Generator<Page> {
  const select = database.prepare<[string, number, number], StoredAuditRecord>(
    `SELECT ${columns} FROM audit_record WHERE writer = ? AND sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ${pageSize}`,
  );
  for (const { writer, from, size } of parts) {
    for (let next = from; next < size; next += pageSize) {
      yield select.all(writer, next, Math.min(size, next + pageSize));
    }
  }
}

/** The record of a writer that has this number. */
export function findRecord(
  database: Database.Database,
  writer: string,
  sequence: number,
): StoredAuditRecord | undefined {
  return database
    .prepare<[string, number], StoredAuditRecord>(
      `SELECT ${columns} FROM audit_record WHERE writer = ? AND sequence = ?`,
    )
    .get(writer, sequence);
}

/** The selected records by time, page by page. */
export function* pagesInTimeOrder(database: Database.Database, selection: AuditSelection): Generator<Page> {
  let remaining = selection.limit;
  let last: AuditPosition | undefined = selection.after;
  while (remaining > 0) {
    const size = Math.min(pageSize, remaining);
    const { sql, parameters } = timeOrderedSelect(selection, last, size);
    const page = database.prepare<Parameter[], StoredAuditRecord>(sql).all(...parameters);
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
): { readonly sql: string; readonly parameters: Parameter[] } {
  const [direction, beyond] = newestFirst ? ['DESC', '<'] : ['ASC', '>'];
  const conditions: readonly (readonly [string, readonly (Parameter | undefined)[]])[] = [
    ['time >= ?', [from]],
    ['time < ?', [to]],
    ['user = ?', [user]],
    ['recording = ?', [recording]],
    ["json_extract(record, '$.contactCenter') = ?", [contactCenter]],
    [`(time, writer, sequence) ${beyond} (?, ?, ?)`, [last?.time, last?.writer, last?.sequence]],
  ];
  const applying = conditions.filter(([, values]) => values[0] !== undefined);
  const where = applying.length === 0 ? '' : `WHERE ${applying.map(([condition]) => condition).join(' AND ')}`;
  return {
    sql:
      `SELECT ${columns} FROM audit_record ${where} ` +
      `ORDER BY time ${direction}, writer ${direction}, sequence ${direction} LIMIT ${size}`,
    parameters: applying.flatMap(([, values]) => values.filter(value => value !== undefined)),
  };
}
