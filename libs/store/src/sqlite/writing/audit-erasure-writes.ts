import type Database from 'better-sqlite3';
import {
  examinedAtOnce,
  fieldsNaming,
  isSameSubject,
  tracesOf,
  type ErasedFields,
  type ErasureOrder,
  type ExaminedRecord,
} from '../../audit/audit-erasure.js';
import { personalFields } from '../../audit/personal-fields.js';
import type { AuditErasureWrites, WriteHandlers } from './write-operation.js';

/** Destroys values and salts: the one change of records that the triggers let through. */
export function auditErasureWrites(database: Database.Database): WriteHandlers<AuditErasureWrites> {
  const order = database.prepare<[string, string, string]>(
    `INSERT INTO audit_erasure_order (contact_center, kind, value, writer, sequence) VALUES (?, ?, ?, '', -1)
     ON CONFLICT DO UPDATE SET writer = '', sequence = -1`,
  );
  const next = database.prepare<[], ErasureOrder>(
    'SELECT contact_center AS contactCenter, kind, value, writer, sequence FROM audit_erasure_order',
  );
  const advance = database.prepare<[string, number, string, string, string]>(
    'UPDATE audit_erasure_order SET writer = ?, sequence = ? WHERE contact_center = ? AND kind = ? AND value = ?',
  );
  const finish = database.prepare<[string, string, string]>(
    'DELETE FROM audit_erasure_order WHERE contact_center = ? AND kind = ? AND value = ?',
  );
  const examine = database.prepare<[string, number], Pick<ExaminedRecord, 'writer' | 'sequence' | 'personal'>>(
    `SELECT writer, sequence, personal FROM audit_record
     WHERE (writer, sequence) > (?, ?) ORDER BY writer, sequence LIMIT ${examinedAtOnce}`,
  );
  const hashOf = database.prepare<[string, number, string], Pick<ExaminedRecord, 'hash'>>(
    'SELECT hash FROM audit_record WHERE writer = ? AND sequence = ? AND instr(record, ?) > 0',
  );
  const note = database.prepare<[string, number, string, string]>(
    'INSERT INTO audit_erased (writer, sequence, hash, fields) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const erase = (fields: readonly string[]): Database.Statement<[string, number, string]> =>
    database.prepare(
      `UPDATE audit_record SET ${fields.includes('user') ? 'user = NULL, ' : ''}personal = json_remove(personal, ${fields
        .flatMap(field => [`'$.values.${field}'`, `'$.salts.${field}'`])
        .join(', ')}) WHERE writer = ? AND sequence = ? AND hash = ? AND personal IS NOT NULL`,
    );

  const destroy = ({ writer, sequence, hash, fields }: Omit<ErasedFields, 'number'>): number => {
    const known = personalFields.filter(field => fields.split(',').includes(field));
    if (known.length === 0) return 0;
    note.run(writer, sequence, hash, known.join(','));
    return erase(known).run(writer, sequence, hash).changes;
  };

  return {
    forgetSubject({ contactCenter, kind, value }) {
      order.run(contactCenter, kind, value);
      return null;
    },

    forgetNext(only) {
      const ordered = next.all().find(one => only?.some(other => isSameSubject(one, other)) !== false);
      if (ordered === undefined) return false;
      const { contactCenter, kind, value } = ordered;
      const { inText, inPersonal, escape } = tracesOf(ordered);
      const named = fieldsNaming(ordered);
      const records = examine.all(ordered.writer, ordered.sequence);
      for (const { writer, sequence, personal } of records) {
        if (personal === null || !(personal.includes(inPersonal) || personal.includes(escape))) continue;
        const fields = named(personal);
        // Reading the texts of all others would take most of the time.
        const record = fields.length === 0 ? undefined : hashOf.get(writer, sequence, inText);
        if (record !== undefined) destroy({ writer, sequence, hash: record.hash, fields: fields.join(',') });
      }
      const last = records.at(-1);
      if (last === undefined) finish.run(contactCenter, kind, value);
      else advance.run(last.writer, last.sequence, contactCenter, kind, value);
      return true;
    },

    eraseAgain: erased => erased.reduce((changed, one) => changed + destroy(one), 0),
  };
}
