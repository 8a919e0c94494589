import type Database from 'better-sqlite3';
import type { HawkCredential } from '../../local-key-manager/hawk-credential.js';
import type { LocalKeyPair } from '../../local-key-manager/local-key-pair.js';
import type { DocumentWrites, WriteHandlers } from './write-operation.js';

type Names =
  | 'registerHawkCredential'
  | 'rotateHawkCredential'
  | 'revokeHawkCredential'
  | 'inviteHawkCredential'
  | 'addLocalKeyPair'
  | 'logLocalKeyRequest'
  | 'clearLocalKeyRequests';

interface DocumentRow {
  readonly document: string;
}

export function localKeyManagerWrites(database: Database.Database): Pick<WriteHandlers<DocumentWrites>, Names> {
  return { ...credentialWrites(database), ...keyPairWrites(database), ...requestLogWrites(database) };
}

function credentialWrites(database: Database.Database) {
  const find = database.prepare<[string], DocumentRow>('SELECT document FROM hawk_credential WHERE id = ?');
  const put = database.prepare(
    `INSERT INTO hawk_credential (id, document) VALUES (?, ?)
     ON CONFLICT (id) DO UPDATE SET document = excluded.document`,
  );
  const invite = database.prepare('INSERT INTO hawk_invitation (token_hash, expires_at, document) VALUES (?, ?, ?)');
  const takeInvitation = database.prepare('DELETE FROM hawk_invitation WHERE token_hash = ? AND expires_at > ?');
  const removeExpired = database.prepare('DELETE FROM hawk_invitation WHERE expires_at <= ?');

  const read = (id: string): HawkCredential | undefined => {
    const row = find.get(id);
    return row === undefined ? undefined : (JSON.parse(row.document) as HawkCredential);
  };
  const write = (credential: HawkCredential): HawkCredential => {
    put.run(credential.id, JSON.stringify(credential));
    return credential;
  };

  return {
    registerHawkCredential({ credential, invitation }) {
      if (read(credential.id) !== undefined) return 'exists';
      if (invitation !== undefined && takeInvitation.run(invitation, credential.createdAt).changes === 0) {
        return 'invitation-invalid';
      }
      write(credential);
      return 'created';
    },

    rotateHawkCredential({ id, encryptedKey, at, previousValidUntil }) {
      const known = read(id);
      if (known === undefined || known.revokedAt !== undefined) return null;
      const { createdAt, createdBy } = known;
      const previous = { encryptedKey: known.encryptedKey, validUntil: previousValidUntil ?? at };
      return write({
        ...{ id, encryptedKey, createdAt, createdBy, rotatedAt: at },
        ...(previousValidUntil === undefined ? {} : { previous }),
      });
    },

    revokeHawkCredential({ id, at, by }) {
      const known = read(id);
      if (known === undefined || known.revokedAt !== undefined) return null;
      return write({ ...known, revokedAt: at, revokedBy: by });
    },

    inviteHawkCredential({ invitation, now }) {
      removeExpired.run(now);
      invite.run(invitation.tokenHash, invitation.expiresAt, JSON.stringify(invitation));
      return null;
    },
  } satisfies Partial<WriteHandlers<DocumentWrites>>;
}

function keyPairWrites(database: Database.Database) {
  const add = database.prepare(
    'INSERT INTO local_key_pair (id, date_created, document) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const find = database.prepare<[string], DocumentRow>('SELECT document FROM local_key_pair WHERE id = ?');
  return {
    addLocalKeyPair(keyPair) {
      add.run(keyPair.id, keyPair.dateCreated, JSON.stringify(keyPair));
      const row = find.get(keyPair.id);
      return row === undefined ? keyPair : (JSON.parse(row.document) as LocalKeyPair);
    },
  } satisfies Partial<WriteHandlers<DocumentWrites>>;
}

function requestLogWrites(database: Database.Database) {
  const add = database.prepare('INSERT INTO local_key_request (time, document) VALUES (?, ?)');
  const trim = database.prepare('DELETE FROM local_key_request WHERE sequence <= ?');
  const clear = database.prepare('DELETE FROM local_key_request');
  return {
    logLocalKeyRequest({ request, limit }) {
      const { lastInsertRowid } = add.run(request.time, JSON.stringify(request));
      trim.run(Number(lastInsertRowid) - limit);
      return null;
    },
    clearLocalKeyRequests() {
      clear.run();
      return null;
    },
  } satisfies Partial<WriteHandlers<DocumentWrites>>;
}
