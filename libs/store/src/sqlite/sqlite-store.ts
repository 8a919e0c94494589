import { documents, type Store } from '../store.js';
import type { DatabaseReader } from './reading/database-reader.js';
import { SqliteAuditLog } from './sqlite-audit-log.js';
import { SqliteExportPosition } from './sqlite-export-position.js';
import { openThings } from './stored-thing.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { AuditWrites, WriteOperations } from './writing/write-operation.js';

/** The store on two open databases. */
export function sqliteStore(
  directory: string,
  documentReader: DatabaseReader,
  documentWriter: DatabaseWriter<WriteOperations>,
  auditReader: DatabaseReader,
  auditWriter: DatabaseWriter<AuditWrites>,
): Store {
  const audit = new SqliteAuditLog(auditReader, auditWriter);
  return {
    ...openThings(documents, documentReader, documentWriter),
    audit,
    exportPosition: holder => SqliteExportPosition.open(directory, holder),

    /** Taking the write lock fails where writing would: locked, read-only, moved. A full disk shows at the next write. */
    async check() {
      await Promise.all([documentWriter.write('probe', null), auditWriter.write('probe', null)]);
    },

    async close() {
      await Promise.all([documentWriter.close(), audit.close()]);
      documentReader.close();
    },
  };
}
