import { ConfigurationError } from '#platform';
import { checkWriterName } from '../audit/writer-name.js';
import { WriteQueue } from '../group-commit/write-queue.js';
import type { Store } from '../store.js';
import { AuditAppends } from './audit-appends.js';
import { AuditMonths } from './audit-months.js';
import { connectionProblem } from './connection-advice.js';
import { migrateSchema } from './migrate-schema.js';
import { PostgresqlArchiveJobStore } from './postgresql-archive-job-store.js';
import { PostgresqlAuditLog } from './postgresql-audit-log.js';
import { PostgresqlCertificateStore } from './postgresql-certificate-store.js';
import { PostgresqlContactCenterStore } from './postgresql-contact-center-store.js';
import { PostgresqlCustodyStore } from './postgresql-custody-store.js';
import { PostgresqlDatabase } from './postgresql-database.js';
import { PostgresqlDeletionProtectionStore } from './postgresql-deletion-protection-store.js';
import { PostgresqlEndedSessionStore } from './postgresql-ended-session-store.js';
import { PostgresqlExportPosition } from './postgresql-export-position.js';
import { PostgresqlHandOverStore } from './postgresql-hand-over-store.js';
import { PostgresqlKeptArchiveStore } from './postgresql-kept-archive-store.js';
import { PostgresqlLabelStore } from './postgresql-label-store.js';
import { PostgresqlLegalHoldStore } from './postgresql-legal-hold-store.js';
import { PostgresqlLocalKeyManagerStore } from './postgresql-local-key-manager-store.js';
import { PostgresqlMediaIndexStore } from './postgresql-media-index-store.js';
import type { PostgresqlOptions } from './postgresql-options.js';
import { PostgresqlRecordingSearchStore } from './postgresql-recording-search-store.js';
import { PostgresqlRecordingStore } from './postgresql-recording-store.js';
import { PostgresqlRemovalOrderStore } from './postgresql-removal-order-store.js';
import { PostgresqlRemovalStore } from './postgresql-removal-store.js';
import { PostgresqlMediaEncryptionStore } from './postgresql-media-encryption-store.js';
import { PostgresqlPeaksStore } from './postgresql-peaks-store.js';
import { PostgresqlRetentionStore } from './postgresql-retention-store.js';
import { PostgresqlRewrapStore } from './postgresql-rewrap-store.js';
import { PostgresqlSettingStore } from './postgresql-setting-store.js';
import { PostgresqlSeenMarkStore } from './postgresql-seen-mark-store.js';
import { PostgresqlSharedSecretStore } from './postgresql-shared-secret-store.js';
import { PostgresqlUserStore } from './postgresql-user-store.js';
import { writableHost } from './primary-pool.js';

export interface PostgresqlStoreOptions extends PostgresqlOptions {
  /** The writer this process is in the audit log. */
  readonly auditWriter: string;
  /** How many audit records may wait. Default 10000. */
  readonly writeQueueLimit?: number | undefined;
}

/** Of the audit: one to append, two to read. */
const auditConnections = 3;
const aheadMs = 31 * 24 * 3_600_000;

/**
 * Opens the store, making or extending its schema where that is needed. Any number of processes may have it open.
 * @throws ConfigurationError when no server serves, or a newer version of this product made a schema that this one cannot use.
 */
export async function openPostgresqlStore(options: PostgresqlStoreOptions): Promise<Store> {
  checkWriterName(options.auditWriter);
  try {
    await migrateSchema(options, await writableHost(options));
  } catch (error) {
    const message = `store.postgresql, database ${options.database}: ${connectionProblem(options, error)}`;
    throw new ConfigurationError(message, { cause: error });
  }
  const documents = new PostgresqlDatabase(options, {
    what: 'the store',
    unavailable: 'RCS_STORE_UNAVAILABLE',
    connections: options.maxConnections,
  });
  const audited = new PostgresqlDatabase(options, {
    what: 'the audit log',
    unavailable: 'RCS_AUDIT_UNAVAILABLE',
    connections: auditConnections,
  });
  const store = postgresqlStore(documents, audited, options);
  try {
    await store.check();
    await makeMonths(audited);
    return store;
  } catch (error) {
    await store.close();
    const message = `store.postgresql, database ${options.database}: ${connectionProblem(options, error)}`;
    throw new ConfigurationError(message, { cause: error });
  }
}

function postgresqlStore(
  documents: PostgresqlDatabase,
  audited: PostgresqlDatabase,
  options: PostgresqlStoreOptions,
): Store {
  const { auditWriter: writer, deadlineMs, database: place, writeQueueLimit: queueLimit = 10_000 } = options;
  const months = new AuditMonths(audited);
  const chain = new AuditAppends(audited, months, writer);
  const appends = new WriteQueue(
    { what: 'the audit log', place, unavailable: 'RCS_AUDIT_UNAVAILABLE', deadlineMs, queueLimit },
    requests => chain.commit(requests),
  );
  const audit = new PostgresqlAuditLog({ database: audited, appends, months, writer });
  return {
    recordings: new PostgresqlRecordingStore(documents),
    recordingSearch: new PostgresqlRecordingSearchStore(documents),
    labels: new PostgresqlLabelStore(documents),
    deletionProtection: new PostgresqlDeletionProtectionStore(documents),
    legalHolds: new PostgresqlLegalHoldStore(documents),
    retention: new PostgresqlRetentionStore(documents),
    mediaEncryptions: new PostgresqlMediaEncryptionStore(documents),
    peaks: new PostgresqlPeaksStore(documents),
    archiveJobs: new PostgresqlArchiveJobStore(documents),
    keptArchives: new PostgresqlKeptArchiveStore(documents),
    custody: new PostgresqlCustodyStore(documents),
    removals: new PostgresqlRemovalStore(documents),
    removalOrders: new PostgresqlRemovalOrderStore(documents),
    handOvers: new PostgresqlHandOverStore(documents),
    mediaIndex: new PostgresqlMediaIndexStore(documents),
    users: new PostgresqlUserStore(documents),
    contactCenters: new PostgresqlContactCenterStore(documents),
    certificates: new PostgresqlCertificateStore(documents),
    rewraps: new PostgresqlRewrapStore(documents),
    localKeyManager: new PostgresqlLocalKeyManagerStore(documents),
    settings: new PostgresqlSettingStore(documents),
    sharedSecrets: new PostgresqlSharedSecretStore(documents),
    endedSessions: new PostgresqlEndedSessionStore(documents),
    seenMarks: new PostgresqlSeenMarkStore(documents),
    audit,
    exportPosition: holder => Promise.resolve(new PostgresqlExportPosition(audited, holder)),

    /** A connection that may be written: others are never kept. A full disk shows at the next write. */
    async check() {
      await Promise.all([documents, audited].map(one => one.transaction(sql => sql.all('SELECT 1'))));
    },

    async close() {
      await Promise.all([documents.close(), audit.close()]);
    },
  };
}

/** This month and the next, so that no append has to wait for a partition. */
async function makeMonths(audited: PostgresqlDatabase): Promise<void> {
  const now = Date.now();
  await new AuditMonths(audited).prepare([now, now + aheadMs].map(time => new Date(time).toISOString()));
}
