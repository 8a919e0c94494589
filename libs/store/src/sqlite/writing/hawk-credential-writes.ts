import type Database from 'better-sqlite3';
import { belongingTo, rotated } from '../../local-key-manager/credential-changes.js';
import type { HawkCredential, HawkInvitation } from '../../local-key-manager/hawk-credential.js';
import type { KeyManagerOwner } from '../../local-key-manager/key-manager-owner.js';
import type {
  HawkRegistration,
  HawkRevocation,
  HawkRotation,
  RegistrationResult,
} from '../../local-key-manager/local-key-manager-store.js';
import { credentialIn, documentOf, type OwnedRow } from '../local-key-manager-rows.js';
import { scopedKey } from './scoped-key.js';
import type { WriteHandlers } from './write-operation.js';

export type HawkCredentialWrites = {
  registerHawkCredential: { input: HawkRegistration; result: RegistrationResult };
  /** null: no such credential, or a revoked one. */
  rotateHawkCredential: { input: HawkRotation; result: HawkCredential | null };
  revokeHawkCredential: { input: HawkRevocation; result: HawkCredential | null };
  inviteHawkCredential: { input: { invitation: HawkInvitation; now: string }; result: null };
};

interface CredentialRow extends OwnedRow {
  readonly key: string;
}

export function hawkCredentialWrites(database: Database.Database): WriteHandlers<HawkCredentialWrites> {
  const ofId = database.prepare<[string], CredentialRow>(
    `SELECT id AS key, document, contact_center FROM hawk_credential WHERE json_extract(document, '$.id') = ?`,
  );
  const plainKey = database.prepare<[string]>('SELECT 1 FROM hawk_credential WHERE id = ?');
  const add = database.prepare('INSERT INTO hawk_credential (id, document, contact_center) VALUES (?, ?, ?)');
  const change = database.prepare('UPDATE hawk_credential SET document = ? WHERE id = ?');
  const invite = database.prepare(
    'INSERT INTO hawk_invitation (token_hash, expires_at, document, contact_center) VALUES (?, ?, ?, ?)',
  );
  const takeInvitation = database.prepare<[string, string], { readonly contact_center: string | null }>(
    'DELETE FROM hawk_invitation WHERE token_hash = ? AND expires_at > ? RETURNING contact_center',
  );
  const invitedBy = database.prepare<[string, string], { readonly contact_center: string | null }>(
    'SELECT contact_center FROM hawk_invitation WHERE token_hash = ? AND expires_at > ?',
  );
  const removeExpired = database.prepare('DELETE FROM hawk_invitation WHERE expires_at <= ?');

  const find = (id: string, owner: KeyManagerOwner): CredentialRow | undefined =>
    ofId.all(id).find(row => row.contact_center === (owner ?? null));

  const inForce = (id: string, owner: KeyManagerOwner): { key: string; known: HawkCredential } | undefined => {
    const row = find(id, owner);
    const known = row === undefined ? undefined : credentialIn(row);
    return row === undefined || known === undefined || known.revokedAt !== undefined
      ? undefined
      : { key: row.key, known };
  };

  const write = (key: string, credential: HawkCredential): HawkCredential => {
    change.run(documentOf(credential), key);
    return credential;
  };

  return {
    registerHawkCredential({ credential, invitation }) {
      const invited = invitation === undefined ? undefined : invitedBy.get(invitation, credential.createdAt);
      if (invitation !== undefined && invited === undefined) return 'invitation-invalid';
      const owner = invited === undefined ? credential.contactCenter : (invited.contact_center ?? undefined);
      if (find(credential.id, owner) !== undefined) return 'exists';
      if (invitation !== undefined) takeInvitation.get(invitation, credential.createdAt);
      const registered = belongingTo(owner, credential);
      const key = plainKey.get(credential.id) === undefined ? credential.id : scopedKey(owner ?? null, credential.id);
      add.run(key, documentOf(registered), owner ?? null);
      return registered;
    },

    rotateHawkCredential(rotation) {
      const present = inForce(rotation.id, rotation.owner);
      return present === undefined ? null : write(present.key, rotated(present.known, rotation));
    },

    revokeHawkCredential({ id, owner, at, by }) {
      const present = inForce(id, owner);
      return present === undefined ? null : write(present.key, { ...present.known, revokedAt: at, revokedBy: by });
    },

    inviteHawkCredential({ invitation, now }) {
      removeExpired.run(now);
      const { tokenHash, expiresAt, contactCenter } = invitation;
      invite.run(tokenHash, expiresAt, documentOf(invitation), contactCenter);
      return null;
    },
  };
}
