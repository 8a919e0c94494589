import type { Store } from '../store.js';
import { SqliteAuditLog } from './sqlite-audit-log.js';
import { SqliteCertificateStore } from './sqlite-certificate-store.js';
import { SqliteContactCenterStore } from './sqlite-contact-center-store.js';
import { SqliteLocalKeyManagerStore } from './sqlite-local-key-manager-store.js';
import { SqliteMediaIndexStore } from './sqlite-media-index-store.js';
import { SqliteRecordingStore } from './sqlite-recording-store.js';
import { SqliteRewrapStore } from './sqlite-rewrap-store.js';
import { SqliteUserStore } from './sqlite-user-store.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { AuditWrites, DocumentWrites } from './writing/write-operation.js';

export class SqliteStore implements Store {
  readonly recordings: SqliteRecordingStore;
  readonly mediaIndex: SqliteMediaIndexStore;
  readonly users: SqliteUserStore;
  readonly contactCenters: SqliteContactCenterStore;
  readonly certificates: SqliteCertificateStore;
  readonly rewraps: SqliteRewrapStore;
  readonly localKeyManager: SqliteLocalKeyManagerStore;
  readonly audit: SqliteAuditLog;

  constructor(
    private readonly documentReader: DatabaseReader,
    private readonly documentWriter: DatabaseWriter<DocumentWrites>,
    auditReader: DatabaseReader,
    private readonly auditWriter: DatabaseWriter<AuditWrites>,
  ) {
    this.recordings = new SqliteRecordingStore(documentReader, documentWriter);
    this.mediaIndex = new SqliteMediaIndexStore(documentReader, documentWriter);
    this.users = new SqliteUserStore(documentReader, documentWriter);
    this.contactCenters = new SqliteContactCenterStore(documentReader, documentWriter);
    this.certificates = new SqliteCertificateStore(documentReader, documentWriter);
    this.rewraps = new SqliteRewrapStore(documentReader, documentWriter);
    this.localKeyManager = new SqliteLocalKeyManagerStore(documentReader, documentWriter);
    this.audit = new SqliteAuditLog(auditReader, auditWriter);
  }

  /** Taking the write lock fails where writing would: locked, read-only, moved. A full disk shows at the next write. */
  async check(): Promise<void> {
    await Promise.all([this.documentWriter.write('probe', null), this.auditWriter.write('probe', null)]);
  }

  async close(): Promise<void> {
    await Promise.all([this.documentWriter.close(), this.audit.close()]);
    this.documentReader.close();
  }
}
