import { RcsError } from '#platform';
import { auditEntryFields } from './audit-entry-fields.js';
import type { AuditEntry, AuditRecord } from './audit-record.js';
import { parseStoredRecord, type StoredAuditRecord } from './stored-audit-record.js';

/** @throws RcsError RCS_AUDIT_UNAVAILABLE for one that somebody broke. */
export function readRecord(stored: StoredAuditRecord): AuditRecord {
  try {
    return parseStoredRecord(stored);
  } catch (error) {
    const message = `audit record ${stored.sequence} of ${stored.writer} cannot be read; verify the audit log`;
    throw new RcsError('RCS_AUDIT_UNAVAILABLE', message, { cause: error });
  }
}

/** @throws RcsError RCS_INVALID_VALUE when `bytes` is not a whole number. */
export function checkedFields(entry: AuditEntry): AuditEntry {
  try {
    return auditEntryFields(entry);
  } catch (error) {
    throw new RcsError('RCS_INVALID_VALUE', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
