import type { HawkCredential } from './hawk-credential.js';
import type { KeyManagerOwner } from './key-manager-owner.js';
import type { HawkRotation } from './local-key-manager-store.js';

/** A new credential as it is kept: whoever asked for it, it belongs to `owner`. */
export function belongingTo(owner: KeyManagerOwner, credential: HawkCredential): HawkCredential {
  const { id, encryptedKey, createdAt, createdBy } = credential;
  return { id, encryptedKey, createdAt, createdBy, ...(owner === undefined ? {} : { contactCenter: owner }) };
}

/** The credential with another key. */
export function rotated(known: HawkCredential, { encryptedKey, at, previousValidUntil }: HawkRotation): HawkCredential {
  const { id, contactCenter, createdAt, createdBy, encryptedKey: former } = known;
  return {
    ...{ id, encryptedKey, createdAt, createdBy, rotatedAt: at },
    ...(contactCenter === undefined ? {} : { contactCenter }),
    ...(previousValidUntil === undefined ? {} : { previous: { encryptedKey: former, validUntil: previousValidUntil } }),
  };
}
