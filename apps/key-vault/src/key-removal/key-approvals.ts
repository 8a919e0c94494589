import type { OperatorJournalEntry } from '#contracts';
import type { VerifiedKeyApproval } from '#grants';
import { RcsError } from '#platform';

/** Judges what operators have signed about keys, and writes down what becomes of keys. */
export interface KeyApprovals {
  /** @throws RcsError RCS_APPROVAL_REQUIRED naming the approval that is no good, RCS_OPERATOR_NOT_ALLOWED */
  verify(approvals: readonly string[]): readonly VerifiedKeyApproval[];
  /** Resolves when it is on the disk. @throws RcsError RCS_AUDIT_UNAVAILABLE: then nothing may happen. */
  journal(entry: OperatorJournalEntry): Promise<void>;
}

/** Where the configuration names no operator: keys can be disabled and enabled, and nobody destroys any. */
export const noApprovals: KeyApprovals = {
  verify: () => {
    const publicDetail =
      'keyVault.allowOperatorUnwrap of this vault names no operator: list the certificates of those who may approve, and restart it';
    throw new RcsError('RCS_OPERATOR_NOT_ALLOWED', publicDetail, { publicDetail });
  },
  journal: () => Promise.resolve(),
};
