import type { AuditLog } from './audit/audit-log.js';
import type { CertificateStore } from './certificates/certificate-store.js';
import type { ContactCenterStore } from './contact-centers/contact-center-store.js';
import type { LocalKeyManagerStore } from './local-key-manager/local-key-manager-store.js';
import type { MediaIndexStore } from './media-index/media-index-store.js';
import type { RecordingStore } from './recordings/recording-store.js';
import type { RewrapStore } from './rewrap/rewrap-store.js';
import type { UserStore } from './users/user-store.js';

/** All that this server keeps besides keys (in the token) and media (in the storage). */
export interface Store {
  readonly recordings: RecordingStore;
  readonly mediaIndex: MediaIndexStore;
  readonly users: UserStore;
  readonly contactCenters: ContactCenterStore;
  readonly certificates: CertificateStore;
  readonly rewraps: RewrapStore;
  readonly localKeyManager: LocalKeyManagerStore;
  readonly audit: AuditLog;

  /**
   * For readiness: resolves when the store can be read and written.
   * @throws RcsError RCS_STORE_UNAVAILABLE or RCS_AUDIT_UNAVAILABLE.
   */
  check(): Promise<void>;

  /** Writes what waits and releases everything. */
  close(): Promise<void>;
}
