import type { AuditRecord } from '#store';

/** A place outside the store that audit records go to. */
export interface RecordSender {
  /** Resolves when all were taken. Rejects when they were not; then they are sent again. */
  send(records: readonly AuditRecord[]): Promise<void>;
  close(): Promise<void>;
}
