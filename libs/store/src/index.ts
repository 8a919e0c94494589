export type * from './store.js';
export * from './recordings/recording.js';
export { withoutContentTree } from './media-encryption/encrypted-recording.js';
export * from './recordings/pinned-media.js';
export * from './recordings/recording-owners.js';
export { searchPositionOf } from './recording-search/indexed-recording.js';
export { ownerKey } from './recording-search/owner-key.js';
export * from './users/account.js';
export * from './users/user.js';
export * from './certificates/recording-certificate.js';
export * from './removal/legal-hold.js';
export { forgottenLine, ledgerLine, parseLedgerItem, type LedgerItem } from './removal/ledger-line.js';
export { removalPlan, type RemovalPlan } from './removal/removal-plan.js';
export * from './retention/retention-rule.js';
export { custodyOutcomes } from './custody/custody-store.js';
export { keptArchiveStates } from './kept-archives/kept-archive-store.js';
export * from './archive-jobs/archive-job.js';
export * from './rewrap/rewrap-run.js';
export * from './local-key-manager/key-manager-owner.js';
export * from './local-key-manager/hawk-credential.js';
export * from './local-key-manager/local-key-pair.js';
export * from './local-key-manager/logged-request.js';
export * from './audit/audit-record.js';
export * from './audit/audit-log.js';
export * from './audit/audit-retention.js';
export { isSameSubject } from './audit/audit-erasure.js';
export type { AuditErasure, ErasedFields, ForgottenSubject } from './audit/audit-erasure.js';
export { ArchiveGrowth } from './audit/archive-growth.js';
export { ChainVerifier } from './audit/chain-verifier.js';
export { inChainOrder } from './audit/chain-order.js';
export { MalformedAuditRecord, parseStoredRecord, type StoredAuditRecord } from './audit/stored-audit-record.js';
export { vouchedByArchive } from './audit/vouched-by-archive.js';
export { provenRoot } from './audit/audit-proof.js';
export { openScratchDatabase } from './scratch/scratch-database.js';
export * from './sqlite/open-sqlite-store.js';
export { backupSqliteStore, butWhole, type BackedUpFile } from './sqlite/backup-sqlite-store.js';
export { backedUpCheckpoints } from './sqlite/backed-up-checkpoints.js';
export type { ExportPosition } from './audit/export-position.js';
export * from './open-store.js';
export { checkStore, recountRecipients } from './check/check-store.js';
export type { StoreFinding } from './check/store-finding.js';
export { preparePostgresql } from './postgresql/prepare-postgresql.js';
export { copySqliteStore, type TableCopy } from './copy/copy-sqlite-store.js';
export {
  cassandraOptions,
  prepareConfiguredCassandra,
  unusedCassandraOptions,
} from './cassandra/configured-cassandra.js';
