import { createHash } from 'node:crypto';
import type { User } from '#store';

/**
 * Changes with a user's local password; where another system checks it, with that system and the contact center, so that
 * a session never passes to somebody else of the same name. The salt inside the hash keeps this digest from telling
 * anything about it.
 */
export function credentialVersionOf(user: User): string {
  const { passwordHash, source, contactCenter } = user;
  if (passwordHash === undefined) return JSON.stringify(['external', source ?? null, contactCenter ?? null]);
  return createHash('sha256').update(passwordHash).digest('base64url').slice(0, 22);
}
