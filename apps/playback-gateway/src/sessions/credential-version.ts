import { createHash } from 'node:crypto';
import type { AccountName, ExternalSource, User } from '#store';

/**
 * Changes with a user's local password; where another system checks it, with that system and the contact center, so that
 * a session never passes to another account of the same name. The salt inside the hash keeps this digest from telling
 * anything about it.
 */
export function credentialVersionOf(user: User): string {
  const { passwordHash, source, contactCenter } = user;
  if (passwordHash === undefined) return JSON.stringify(['external', source ?? null, contactCenter ?? null]);
  return createHash('sha256').update(passwordHash).digest('base64url').slice(0, 22);
}

/** What sessions and play tickets keep of whose they are. */
export interface AccountCredential {
  readonly userName: string;
  readonly credentialVersion: string;
}

/** The account that sessions and tickets are of, local unless the version names another system. */
export function accountOfCredential({ userName: name, credentialVersion }: AccountCredential): AccountName {
  const [, source, contactCenter] = /^\["external","(configuration-server|openid)",.*\]$/.test(credentialVersion)
    ? (JSON.parse(credentialVersion) as [string, ExternalSource, string | null])
    : [];
  if (source === undefined) return { name };
  return { name, source, ...(contactCenter == null ? {} : { contactCenter }) };
}
