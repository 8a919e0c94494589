import { createHash } from 'node:crypto';
import type { User } from '#store';

/** Changes with a user's local password. The salt inside the hash keeps this digest from telling anything about it. */
export function credentialVersionOf(user: User): string {
  const { passwordHash } = user;
  if (passwordHash === undefined) return 'external';
  return createHash('sha256').update(passwordHash).digest('base64url').slice(0, 22);
}
