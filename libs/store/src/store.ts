import type { AuditLog } from './audit/audit-log.js';
import type { ExportPosition } from './audit/export-position.js';
import { archiveJobs } from './sqlite/sqlite-archive-job-store.js';
import { certificates } from './sqlite/sqlite-certificate-store.js';
import { contactCenters } from './sqlite/sqlite-contact-center-store.js';
import { custody } from './sqlite/sqlite-custody-store.js';
import { deletionProtection } from './sqlite/sqlite-deletion-protection-store.js';
import { endedSessions } from './sqlite/sqlite-ended-session-store.js';
import { handOvers } from './sqlite/sqlite-hand-over-store.js';
import { keptArchives } from './sqlite/sqlite-kept-archive-store.js';
import { labels } from './sqlite/sqlite-label-store.js';
import { legalHolds } from './sqlite/sqlite-legal-hold-store.js';
import { localKeyManager } from './sqlite/sqlite-local-key-manager-store.js';
import { mediaEncryptions } from './sqlite/sqlite-media-encryption-store.js';
import { mediaIndex } from './sqlite/sqlite-media-index-store.js';
import { peaks } from './sqlite/sqlite-peaks-store.js';
import { recordingSearch } from './sqlite/sqlite-recording-search-store.js';
import { recordings } from './sqlite/sqlite-recording-store.js';
import { removalOrders } from './sqlite/sqlite-removal-order-store.js';
import { removals } from './sqlite/sqlite-removal-store.js';
import { retention } from './sqlite/sqlite-retention-store.js';
import { rewraps } from './sqlite/sqlite-rewrap-store.js';
import { settings } from './sqlite/sqlite-setting-store.js';
import { seenMarks } from './sqlite/sqlite-seen-mark-store.js';
import { sharedSecrets } from './sqlite/sqlite-shared-secret-store.js';
import { users } from './sqlite/sqlite-user-store.js';
import type { PortsOf } from './sqlite/stored-thing.js';

export type * from './archive-jobs/archive-job-store.js';
export type * from './archive-jobs/archive-schedule.js';
export type * from './certificates/certificate-store.js';
export type * from './contact-centers/contact-center.js';
export * from './custody/custody-store.js';
export type * from './deletion-protection/deletion-protection-store.js';
export type * from './ended-sessions/ended-session-store.js';
export type * from './hand-over/hand-over-store.js';
export * from './kept-archives/kept-archive-store.js';
export type * from './labels/label-store.js';
export type * from './local-key-manager/local-key-manager-store.js';
export type * from './media-encryption/media-encryption-store.js';
export type * from './media-index/media-index-store.js';
export type * from './peaks/peaks-store.js';
export type * from './recording-search/recording-search-store.js';
export type * from './recordings/recording-store.js';
export type * from './removal/removal-store.js';
export type * from './rewrap/rewrap-store.js';
export type * from './settings/setting-store.js';
export type * from './seen-marks/seen-mark-store.js';
export type * from './shared-secrets/shared-secret-store.js';
export type * from './users/user-store.js';

/** Everything that is stored beside the audit log: a new thing takes its line here. */
export const documents = {
  recordings,
  recordingSearch,
  mediaIndex,
  users,
  contactCenters,
  certificates,
  rewraps,
  localKeyManager,
  sharedSecrets,
  endedSessions,
  labels,
  deletionProtection,
  legalHolds,
  removals,
  mediaEncryptions,
  removalOrders,
  handOvers,
  retention,
  peaks,
  custody,
  archiveJobs,
  keptArchives,
  settings,
  seenMarks,
};

/** All that this server keeps besides keys (in the token) and media (in the storage). */
export interface Store extends PortsOf<typeof documents> {
  readonly audit: AuditLog;

  /**
   * How far the audit was sent elsewhere.
   * @param holder names this process
   */
  exportPosition(holder: string): Promise<ExportPosition>;

  /**
   * For readiness: resolves when the store can be read and written.
   * @throws RcsError RCS_STORE_UNAVAILABLE or RCS_AUDIT_UNAVAILABLE.
   */
  check(): Promise<void>;

  /** Writes what waits and releases everything. */
  close(): Promise<void>;
}
