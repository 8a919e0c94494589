import type { Statement } from 'better-sqlite3';
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
import { credentialIn, keyPairIn, type OwnedRow } from './local-key-manager-rows.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import { storedThing } from './stored-thing.js';
import { localKeyManagerWrites, type LocalKeyManagerWrites } from './writing/local-key-manager-writes.js';

type Owner = string | null;

class SqliteLocalKeyManagerStore implements LocalKeyManagerStore {
  private readonly allCredentials: Statement<[], OwnedRow>;
  private readonly ownCredentials: Statement<[Owner], OwnedRow>;
  private readonly credentialsOfIdStatement: Statement<[string], OwnedRow>;
  private readonly allKeyPairs: Statement<[], OwnedRow>;
  private readonly ownKeyPairs: Statement<[Owner], OwnedRow>;
  private readonly keyPairStatement: Statement<[string, Owner], OwnedRow>;
  private readonly requestsStatement: Statement<[Owner, number, number, number], { readonly document: string }>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<LocalKeyManagerWrites>,
  ) {
    const { database } = reader;
    const credentials = 'SELECT document, contact_center FROM hawk_credential';
    const keyPairs = 'SELECT document, contact_center FROM local_key_pair';
    const byId = `ORDER BY json_extract(document, '$.id'), contact_center`;
    this.allCredentials = database.prepare(`${credentials} ${byId}`);
    this.ownCredentials = database.prepare<[Owner], OwnedRow>(`${credentials} WHERE contact_center IS ? ${byId}`);
    this.credentialsOfIdStatement = database.prepare(
      `${credentials} WHERE json_extract(document, '$.id') = ? ORDER BY contact_center`,
    );
    this.allKeyPairs = database.prepare(`${keyPairs} ORDER BY date_created, id`);
    this.ownKeyPairs = database.prepare<[Owner], OwnedRow>(
      `${keyPairs} WHERE contact_center IS ? ORDER BY date_created, id`,
    );
    this.keyPairStatement = database.prepare<[string, Owner], OwnedRow>(
      `${keyPairs} WHERE json_extract(document, '$.id') = ? AND contact_center IS ?`,
    );
    this.requestsStatement = database.prepare<[Owner, number, number, number], { readonly document: string }>(
      `SELECT document FROM local_key_request WHERE contact_center IS ? AND time BETWEEN ? AND ?
       ORDER BY time DESC, sequence DESC LIMIT ?`,
    );
  }

  credentials(scope: KeyManagerScope): Promise<readonly HawkCredential[]> {
    return this.reader.read(() =>
      (scope === 'everything' ? this.allCredentials.all() : this.ownCredentials.all(scope.owner ?? null)).map(
        credentialIn,
      ),
    );
  }

  credentialsOfId(id: string): Promise<readonly HawkCredential[]> {
    return this.reader.read(() => this.credentialsOfIdStatement.all(id).map(credentialIn));
  }

  register(registration: HawkRegistration): Promise<RegistrationResult> {
    return this.writer.write('registerHawkCredential', registration);
  }

  async rotate(rotation: HawkRotation): Promise<HawkCredential | undefined> {
    return (await this.writer.write('rotateHawkCredential', rotation)) ?? undefined;
  }

  async revoke(revocation: HawkRevocation): Promise<HawkCredential | undefined> {
    return (await this.writer.write('revokeHawkCredential', revocation)) ?? undefined;
  }

  async invite(invitation: HawkInvitation): Promise<void> {
    await this.writer.write('inviteHawkCredential', { invitation, now: new Date().toISOString() });
  }

  keyPairs(scope: KeyManagerScope): Promise<readonly LocalKeyPair[]> {
    return this.reader.read(() =>
      (scope === 'everything' ? this.allKeyPairs.all() : this.ownKeyPairs.all(scope.owner ?? null)).map(keyPairIn),
    );
  }

  keyPair(id: string, owner: KeyManagerOwner): Promise<LocalKeyPair | undefined> {
    return this.reader.read(() => {
      const row = this.keyPairStatement.get(id, owner ?? null);
      return row === undefined ? undefined : keyPairIn(row);
    });
  }

  addKeyPair(keyPair: LocalKeyPair): Promise<LocalKeyPair> {
    return this.writer.write('addLocalKeyPair', keyPair);
  }

  async logRequest(request: LoggedRequest, owner: KeyManagerOwner, limit: number): Promise<void> {
    await this.writer.write('logLocalKeyRequest', { request, owner: owner ?? null, limit });
  }

  loggedRequests(query: RequestLogQuery, owner: KeyManagerOwner): Promise<readonly LoggedRequest[]> {
    const { earliest, latest, maxEntries } = query;
    return this.reader.read(() =>
      this.requestsStatement
        .all(owner ?? null, earliest, latest, maxEntries)
        .map(({ document }) => JSON.parse(document) as LoggedRequest),
    );
  }

  async clearRequestLog(owner: KeyManagerOwner): Promise<void> {
    await this.writer.write('clearLocalKeyRequests', { owner: owner ?? null });
  }

  assign(assignment: KeyManagerAssignment): Promise<AssignmentOutcome> {
    return this.writer.write('assignKeyManagerThings', assignment);
  }

  async assignToOnlyContactCenter(): Promise<(AssignedThings & { readonly contactCenter: string }) | undefined> {
    return (await this.writer.write('assignToOnlyContactCenter', null)) ?? undefined;
  }
}

export const localKeyManager = storedThing<LocalKeyManagerWrites, LocalKeyManagerStore>({
  writes: localKeyManagerWrites,
  open: (reader, writer) => new SqliteLocalKeyManagerStore(reader, writer),
});
