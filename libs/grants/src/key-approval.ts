import { z } from 'zod';
import type { ContentOf, GrantKind } from './grant-kind.js';
import { frameMembers, text } from './grant-members.js';

/** An approval lives at most this long, seconds: time to bring it to whoever acts. */
export const maximumApprovalLifetimeSeconds = 86_400;

/** What the payload of an approval must look like; unknown members are refused. */
const keyApprovalSchema = z.strictObject({
  ...frameMembers,
  /** Who sat at the terminal, as the machine says: `user@host`. Who signed is proved by the certificate. */
  sub: text,
  /** `disable` although recordings may need the key that nobody can list; `destroy` cannot be undone. */
  purpose: z.enum(['disable', 'destroy']),
  contactCenter: text,
  /** Subject key identifier, hexadecimal. */
  keyIdentifier: z.string().regex(/^[0-9a-f]{40}$/),
  alias: text,
  /**
   * To destroy: when the key was disabled, ISO 8601. It binds the approval to this one disabling: once the key was
   * enabled, or came back from a copy, the approval is worth nothing.
   */
  disabledAt: text.optional(),
  /** Sources whose recordings nobody can list and that the operator has thought of. */
  unlistableSources: z.array(text).max(100),
});

/** An operator's consent to what shall be done with one key, signed with the key of their own certificate. */
export type KeyApproval = Readonly<z.output<typeof keyApprovalSchema>>;
export type KeyApprovalContent = ContentOf<KeyApproval>;

/** Signed with the key of an operator's own certificate. */
export const keyApprovals: GrantKind<KeyApproval> = {
  type: 'rcs-key-approval+jws',
  lifetimeSeconds: maximumApprovalLifetimeSeconds,
  schema: keyApprovalSchema,
};
