import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '#platform';
import { checkWriterName } from '../audit/writer-name.js';
import { documents as storedThings, type Store } from '../store.js';
import { auditSchema } from './audit-schema.js';
import { documentSchema } from './document-schema.js';
import { prepareDatabase } from './prepare-database.js';
import { DatabaseReader } from './reading/database-reader.js';
import { sqliteStore } from './sqlite-store.js';
import { migrationsOf } from './stored-thing.js';
import { DatabaseWriter } from './writing/database-writer.js';
import type { AuditWrites, WriteOperations } from './writing/write-operation.js';

export interface SqliteStoreOptions {
  /** Where the database files lie, on a local disk; made with mode 0700 when it is not there. */
  readonly directory: string;
  /** The writer this process is in the audit log: unique in the cluster and the same after a restart. */
  readonly auditWriter: string;
  /** How long one write may take before it is refused, waiting included, in milliseconds. Default 3000. */
  readonly writeDeadlineMs?: number;
  /** How many writes may wait for each of the two databases. Default 10000. */
  readonly writeQueueLimit?: number;
}

/** Two files: the audit log waits for the disk at every playback, and nothing else shall wait for it. */
export const documentDatabaseName = 'store.sqlite';
export const auditDatabaseName = 'audit.sqlite';

/**
 * A thread holds some 8 MB, and starting one takes some 40 ms: who changes documents may wait for that, and listeners, whose
 * playbacks the audit log records, may not.
 */
const documentThreadIdleMs = 30_000;

/**
 * For the first answer of a thread: a service that gave up would not be started again, because what keeps a store from
 * opening is taken for a matter of its configuration.
 */
const threadStartPatienceMs = 30_000;

/**
 * Opens the store, creating it when it is not there. Several processes may have it open.
 * @throws ConfigurationError when an option is unusable, a file cannot be opened, or a newer version of this product
 * wrote it.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  checkWriterName(options.auditWriter);
  try {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    return await openDatabases(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`store.directory ${options.directory}: ${reason}`, { cause: error });
  }
}

/** A record of 1.1 kB fits into a page of 4 KiB only with a page more: SQLite keeps a quarter of one at most beside its key. */
const auditPageBytes = 8192;

async function openDatabases(options: SqliteStoreOptions): Promise<Store> {
  const { directory, auditWriter, writeDeadlineMs = 3000, writeQueueLimit = 10_000 } = options;
  const documentFile = join(directory, documentDatabaseName);
  const auditFile = join(directory, auditDatabaseName);
  const limits = { deadlineMs: writeDeadlineMs, queueLimit: writeQueueLimit };
  // Half the deadline, so that a lock is reported as what it is rather than as a silent disk.
  const busyTimeoutMs = Math.ceil(writeDeadlineMs / 2);

  const documents = await prepareDatabase(documentFile, migrationsOf(storedThings, documentSchema));
  const audit = await prepareDatabase(auditFile, auditSchema, { pageBytes: auditPageBytes }).catch((error: unknown) => {
    documents.close();
    throw error;
  });
  const documentWriter = new DatabaseWriter<WriteOperations>({
    ...limits,
    what: 'the store',
    unavailable: 'RCS_STORE_UNAVAILABLE',
    thread: { file: documentFile, busyTimeoutMs },
    threadIdleMs: documentThreadIdleMs,
  });
  const auditLogWriter = new DatabaseWriter<AuditWrites>({
    ...limits,
    what: 'the audit log',
    unavailable: 'RCS_AUDIT_UNAVAILABLE',
    thread: { file: auditFile, busyTimeoutMs, auditWriter },
  });
  const store = sqliteStore(
    directory,
    new DatabaseReader(documents, 'RCS_STORE_UNAVAILABLE'),
    documentWriter,
    new DatabaseReader(audit, 'RCS_AUDIT_UNAVAILABLE'),
    auditLogWriter,
  );
  try {
    await Promise.all([documentWriter, auditLogWriter].map(writer => writer.start(threadStartPatienceMs)));
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
