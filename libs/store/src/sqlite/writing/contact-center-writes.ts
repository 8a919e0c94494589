import type Database from 'better-sqlite3';
import type { DocumentWrites, WriteHandlers } from './write-operation.js';

export function contactCenterWrites(
  database: Database.Database,
): Pick<WriteHandlers<DocumentWrites>, 'putContactCenter'> {
  const put = database.prepare(
    `INSERT INTO contact_center (id, document) VALUES (?, ?)
     ON CONFLICT (id) DO UPDATE SET document = excluded.document`,
  );
  return {
    putContactCenter(contactCenter) {
      put.run(contactCenter.id, JSON.stringify(contactCenter));
      return null;
    },
  };
}
