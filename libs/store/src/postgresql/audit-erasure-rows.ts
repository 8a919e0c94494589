import {
  examinedAtOnce,
  fieldsAbout,
  isSameSubject,
  tracesOf,
  withoutFields,
  type ErasedFields,
  type ErasureOrder,
  type ExaminedRecord,
  type ForgottenSubject,
} from '../audit/audit-erasure.js';
import { personalFields } from '../audit/personal-fields.js';
import { lockName } from './scoped-lock.js';
import type { Sql } from './sql.js';

/** One at a time, so that numbers can be read in the order in which they were given. */
const lock = 'audit erasures';

export async function orderErasure(sql: Sql, { contactCenter, kind, value }: ForgottenSubject): Promise<void> {
  await sql.run(
    `INSERT INTO audit_erasure_order (contact_center, kind, value, writer, sequence) VALUES ($1, $2, $3, '', -1)
     ON CONFLICT (contact_center, kind, value) DO UPDATE SET writer = '', sequence = -1`,
    [contactCenter, kind, value],
  );
}

export const awaitedErasures = (sql: Sql): Promise<readonly ForgottenSubject[]> =>
  sql.all('SELECT contact_center AS "contactCenter", kind, value FROM audit_erasure_order');

/** One part, by whoever holds the order. False: nothing is left that nobody else does. */
export async function forgetNext(sql: Sql, only?: readonly ForgottenSubject[]): Promise<boolean> {
  await lockName(sql, lock);
  const orders = await sql.all<ErasureOrder>(
    `SELECT contact_center AS "contactCenter", kind, value, writer, sequence FROM audit_erasure_order
     FOR UPDATE SKIP LOCKED`,
  );
  const order = orders.find(one => only?.some(other => isSameSubject(one, other)) !== false);
  if (order === undefined) return false;
  const records = await nextRecords(sql, order);
  const about = fieldsAbout(order);
  for (const record of records) await destroy(sql, record, about(record));
  const last = records.at(-1);
  const named = [order.contactCenter, order.kind, order.value];
  const which = 'WHERE contact_center = $1 AND kind = $2 AND value = $3';
  if (last === undefined) await sql.run(`DELETE FROM audit_erasure_order ${which}`, named);
  else {
    const text = `UPDATE audit_erasure_order SET writer = $4, sequence = $5 ${which}`;
    await sql.run(text, [...named, last.writer, last.sequence]);
  }
  return true;
}

/** Of the next part those that have the traces of the subject, and its last one, whatever that has. */
function nextRecords(sql: Sql, order: ErasureOrder): Promise<readonly ExaminedRecord[]> {
  const { inText, inPersonal, escape } = tracesOf(order);
  return sql.all<ExaminedRecord>(
    `WITH part AS MATERIALIZED (
       SELECT writer, sequence, record AS text, personal, hash FROM audit_record
       WHERE (writer, sequence) > ($1, $2) ORDER BY writer, sequence LIMIT ${examinedAtOnce}
     )
     SELECT writer, sequence, text, personal, hash FROM part
     WHERE (position($3 IN personal) > 0 OR position($4 IN personal) > 0) AND position($5 IN text) > 0
       OR (writer, sequence) = (SELECT writer, sequence FROM part ORDER BY writer DESC, sequence DESC LIMIT 1)
     ORDER BY writer, sequence`,
    [order.writer, order.sequence, inPersonal, escape, inText],
  );
}

export const erasedFields = (sql: Sql, after: number, limit: number): Promise<readonly ErasedFields[]> =>
  sql.all<ErasedFields>(
    'SELECT number, writer, sequence, hash, fields FROM audit_erased WHERE number > $1 ORDER BY number LIMIT $2',
    [after, limit],
  );

export async function eraseAgain(sql: Sql, erased: readonly Omit<ErasedFields, 'number'>[]): Promise<number> {
  await lockName(sql, lock);
  let changed = 0;
  for (const { writer, sequence, hash, fields } of await unnoted(sql, erased)) {
    const record = await sql.first<ExaminedRecord>(
      `SELECT writer, sequence, record AS text, personal, hash FROM audit_record
       WHERE writer = $1 AND sequence = $2 AND hash = $3`,
      [writer, sequence, hash],
    );
    const named = { writer, sequence, hash, text: '', personal: record?.personal ?? '{"values":{},"salts":{}}' };
    const isChanged = await destroy(sql, named, fields.split(','));
    if (isChanged) changed += 1;
  }
  return changed;
}

async function unnoted<T extends Omit<ErasedFields, 'number'>>(sql: Sql, erased: readonly T[]): Promise<readonly T[]> {
  const rows = await sql.all<{ readonly position: number }>(
    `SELECT position::integer - 1 AS position
     FROM unnest($1::text[], $2::bigint[], $3::text[]) WITH ORDINALITY AS entry (writer, sequence, fields, position)
     WHERE NOT EXISTS (SELECT FROM audit_erased AS e
       WHERE e.writer = entry.writer AND e.sequence = entry.sequence AND e.fields = entry.fields)`,
    [erased.map(({ writer }) => writer), erased.map(({ sequence }) => sequence), erased.map(({ fields }) => fields)],
  );
  const positions = new Set(rows.map(({ position }) => position));
  return erased.filter((_, position) => positions.has(position));
}

async function destroy(sql: Sql, record: ExaminedRecord, fields: readonly string[]): Promise<boolean> {
  const { writer, sequence, hash, personal } = record;
  const known = personalFields.filter(field => fields.includes(field));
  if (known.length === 0 || personal === null) return false;
  const row = await sql.first<{ changed: boolean }>('SELECT rcs_erase_personal($1, $2, $3, $4, $5) AS changed', [
    ...[writer, sequence, hash, known.join(','), withoutFields(personal, known)],
  ]);
  return row?.changed === true;
}
