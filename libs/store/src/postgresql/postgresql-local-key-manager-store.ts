import { belongingTo, rotated } from '../local-key-manager/credential-changes.js';
import type { HawkCredential, HawkInvitation } from '../local-key-manager/hawk-credential.js';
import type { KeyManagerOwner, KeyManagerScope } from '../local-key-manager/key-manager-owner.js';
import type {
  AssignedThings,
  AssignmentOutcome,
  HawkRegistration,
  HawkRevocation,
  HawkRotation,
  KeyManagerAssignment,
  LocalKeyManagerStore,
  RegistrationResult,
} from '../local-key-manager/local-key-manager-store.js';
import type { LocalKeyPair } from '../local-key-manager/local-key-pair.js';
import type { LoggedRequest, RequestLogQuery } from '../local-key-manager/logged-request.js';
import { documentsIn } from './document-row.js';
import { assignThings } from './key-manager-assignment.js';
import { credentialIn, documentOf, keyPairIn, ownerColumn, ownerOf, type OwnedRow } from './key-manager-rows.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import { lockName } from './scoped-lock.js';
import type { Sql } from './sql.js';

const credentials = 'SELECT document, contact_center FROM hawk_credential';
const keyPairs = 'SELECT document, contact_center FROM local_key_pair';
/** Where the first value is null: whatever owner. */
const inScope = 'WHERE contact_center = coalesce($1, contact_center)';
const scopeValue = (scope: KeyManagerScope): string | null =>
  scope === 'everything' ? null : ownerColumn(scope.owner);

export class PostgresqlLocalKeyManagerStore implements LocalKeyManagerStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async credentials(scope: KeyManagerScope): Promise<readonly HawkCredential[]> {
    const text = `${credentials} ${inScope} ORDER BY id, contact_center`;
    return (await this.database.read(sql => sql.all<OwnedRow>(text, [scopeValue(scope)]))).map(credentialIn);
  }

  async credentialsOfId(id: string): Promise<readonly HawkCredential[]> {
    const text = `${credentials} WHERE id = $1 ORDER BY contact_center`;
    return (await this.database.read(sql => sql.all<OwnedRow>(text, [id]))).map(credentialIn);
  }

  register({ credential, invitation }: HawkRegistration): Promise<RegistrationResult> {
    return this.change(async sql => {
      const invited =
        invitation === undefined ? undefined : await this.invitedBy(sql, invitation, credential.createdAt);
      if (invitation !== undefined && invited === undefined) return 'invitation-invalid';
      const owner = invited === undefined ? credential.contactCenter : ownerOf(invited);
      const registered = belongingTo(owner, credential);
      const added = await sql.run('INSERT INTO hawk_credential VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        ...[credential.id, ownerColumn(owner), documentOf(registered)],
      ]);
      if (added === 0) return 'exists';
      if (invitation !== undefined) await sql.run('DELETE FROM hawk_invitation WHERE token_hash = $1', [invitation]);
      return registered;
    });
  }

  rotate(rotation: HawkRotation): Promise<HawkCredential | undefined> {
    return this.changeCredential(rotation, known => rotated(known, rotation));
  }

  revoke(revocation: HawkRevocation): Promise<HawkCredential | undefined> {
    const { at, by } = revocation;
    return this.changeCredential(revocation, known => ({ ...known, revokedAt: at, revokedBy: by }));
  }

  async invite(invitation: HawkInvitation): Promise<void> {
    const { tokenHash, expiresAt, contactCenter } = invitation;
    await this.change(async sql => {
      await sql.run('DELETE FROM hawk_invitation WHERE expires_at <= $1', [new Date().toISOString()]);
      await sql.run(
        'INSERT INTO hawk_invitation (token_hash, expires_at, contact_center, document) VALUES ($1, $2, $3, $4)',
        [...[tokenHash, expiresAt, contactCenter, documentOf(invitation)]],
      );
    });
  }

  async keyPairs(scope: KeyManagerScope): Promise<readonly LocalKeyPair[]> {
    const text = `${keyPairs} ${inScope} ORDER BY date_created, id`;
    return (await this.database.read(sql => sql.all<OwnedRow>(text, [scopeValue(scope)]))).map(keyPairIn);
  }

  async keyPair(id: string, owner: KeyManagerOwner): Promise<LocalKeyPair | undefined> {
    const row = await this.database.read(sql => keyPairRow(sql, id, owner));
    return row === undefined ? undefined : keyPairIn(row);
  }

  addKeyPair(keyPair: LocalKeyPair): Promise<LocalKeyPair> {
    const { id, contactCenter, dateCreated } = keyPair;
    return this.change(async sql => {
      const added = await sql.run('INSERT INTO local_key_pair VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
        ...[id, ownerColumn(contactCenter), dateCreated, documentOf(keyPair)],
      ]);
      const row = added === 1 ? undefined : await keyPairRow(sql, id, contactCenter);
      return row === undefined ? keyPair : keyPairIn(row);
    });
  }

  async logRequest(request: LoggedRequest, owner: KeyManagerOwner, limit: number): Promise<void> {
    const column = ownerColumn(owner);
    await this.database.transaction(async sql => {
      await sql.run('INSERT INTO local_key_request (contact_center, time, document) VALUES ($1, $2, $3)', [
        ...[column, request.time, JSON.stringify(request)],
      ]);
      await sql.run(
        `DELETE FROM local_key_request WHERE contact_center = $1 AND sequence <= (
           SELECT sequence FROM local_key_request WHERE contact_center = $1 ORDER BY sequence DESC OFFSET $2 LIMIT 1)`,
        [column, limit],
      );
    });
  }

  loggedRequests(query: RequestLogQuery, owner: KeyManagerOwner): Promise<readonly LoggedRequest[]> {
    const text = `SELECT document FROM local_key_request WHERE contact_center = $1 AND time BETWEEN $2 AND $3
                  ORDER BY time DESC, sequence DESC LIMIT $4`;
    const values = [ownerColumn(owner), query.earliest, query.latest, query.maxEntries];
    return this.database.read(sql => documentsIn<LoggedRequest>(sql, text, values));
  }

  async clearRequestLog(owner: KeyManagerOwner): Promise<void> {
    const text = 'DELETE FROM local_key_request WHERE contact_center = $1';
    await this.database.transaction(sql => sql.run(text, [ownerColumn(owner)]));
  }

  assign({ contactCenter, only }: KeyManagerAssignment): Promise<AssignmentOutcome> {
    return this.change(sql => assignThings(sql, contactCenter, only));
  }

  assignToOnlyContactCenter(): Promise<(AssignedThings & { readonly contactCenter: string }) | undefined> {
    return this.change(async sql => {
      const [only, another] = await sql.all<{ id: string }>('SELECT id FROM contact_center LIMIT 2');
      if (only === undefined || another !== undefined) return undefined;
      const assigned = await assignThings(sql, only.id, undefined);
      return { contactCenter: only.id, credentials: assigned.credentials, keyPairs: assigned.keyPairs };
    });
  }

  /** One after the other: registrations, rotations and assignments look at rows of each other. */
  private change<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.database.transaction(async sql => {
      await lockName(sql, 'local key manager');
      return work(sql);
    });
  }

  /** Resolves to undefined when the owner has no such credential or it is revoked. */
  private changeCredential(
    { id, owner }: { readonly id: string; readonly owner: KeyManagerOwner },
    changed: (known: HawkCredential) => HawkCredential,
  ): Promise<HawkCredential | undefined> {
    const values = [id, ownerColumn(owner)];
    return this.change(async sql => {
      const row = await sql.first<OwnedRow>(`${credentials} WHERE id = $1 AND contact_center = $2`, values);
      const known = row === undefined ? undefined : credentialIn(row);
      if (known === undefined || known.revokedAt !== undefined) return undefined;
      const next = changed(known);
      const update = 'UPDATE hawk_credential SET document = $3 WHERE id = $1 AND contact_center = $2';
      await sql.run(update, [...values, documentOf(next)]);
      return next;
    });
  }

  /** The column of the owner; undefined where there is no such invitation any more. */
  private async invitedBy(sql: Sql, tokenHash: string, at: string): Promise<string | undefined> {
    const text = 'SELECT contact_center AS owner FROM hawk_invitation WHERE token_hash = $1 AND expires_at > $2';
    return (await sql.first<{ owner: string }>(text, [tokenHash, at]))?.owner;
  }
}

const keyPairRow = (sql: Sql, id: string, owner: KeyManagerOwner): Promise<OwnedRow | undefined> =>
  sql.first<OwnedRow>(`${keyPairs} WHERE id = $1 AND contact_center = $2`, [id, ownerColumn(owner)]);
