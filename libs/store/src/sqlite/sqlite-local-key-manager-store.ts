import type { Statement } from 'better-sqlite3';
import type { HawkCredential, HawkInvitation } from '../local-key-manager/hawk-credential.js';
import type {
  HawkRegistration,
  HawkRevocation,
  HawkRotation,
  LocalKeyManagerStore,
  RegistrationResult,
} from '../local-key-manager/local-key-manager-store.js';
import type { LocalKeyPair } from '../local-key-manager/local-key-pair.js';
import type { LoggedRequest, RequestLogQuery } from '../local-key-manager/logged-request.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { DocumentWrites } from './writing/write-operation.js';

interface DocumentRow {
  readonly document: string;
}

export class SqliteLocalKeyManagerStore implements LocalKeyManagerStore {
  private readonly credentialsStatement: Statement<[], DocumentRow>;
  private readonly credentialStatement: Statement<[string], DocumentRow>;
  private readonly keyPairsStatement: Statement<[], DocumentRow>;
  private readonly keyPairStatement: Statement<[string], DocumentRow>;
  private readonly requestsStatement: Statement<[number, number, number], DocumentRow>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<DocumentWrites>,
  ) {
    const { database } = reader;
    this.credentialsStatement = database.prepare('SELECT document FROM hawk_credential ORDER BY id');
    this.credentialStatement = database.prepare('SELECT document FROM hawk_credential WHERE id = ?');
    this.keyPairsStatement = database.prepare('SELECT document FROM local_key_pair ORDER BY date_created, id');
    this.keyPairStatement = database.prepare('SELECT document FROM local_key_pair WHERE id = ?');
    this.requestsStatement = database.prepare(
      'SELECT document FROM local_key_request WHERE time BETWEEN ? AND ? ORDER BY time DESC, sequence DESC LIMIT ?',
    );
  }

  credentials(): Promise<readonly HawkCredential[]> {
    return this.reader.read(() => this.credentialsStatement.all().map(credentialIn));
  }

  credential(id: string): Promise<HawkCredential | undefined> {
    return this.reader.read(() => {
      const row = this.credentialStatement.get(id);
      return row === undefined ? undefined : credentialIn(row);
    });
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

  keyPairs(): Promise<readonly LocalKeyPair[]> {
    return this.reader.read(() => this.keyPairsStatement.all().map(keyPairIn));
  }

  keyPair(id: string): Promise<LocalKeyPair | undefined> {
    return this.reader.read(() => {
      const row = this.keyPairStatement.get(id);
      return row === undefined ? undefined : keyPairIn(row);
    });
  }

  addKeyPair(keyPair: LocalKeyPair): Promise<LocalKeyPair> {
    return this.writer.write('addLocalKeyPair', keyPair);
  }

  async logRequest(request: LoggedRequest, limit: number): Promise<void> {
    await this.writer.write('logLocalKeyRequest', { request, limit });
  }

  loggedRequests({ earliest, latest, maxEntries }: RequestLogQuery): Promise<readonly LoggedRequest[]> {
    return this.reader.read(() => this.requestsStatement.all(earliest, latest, maxEntries).map(requestIn));
  }

  async clearRequestLog(): Promise<void> {
    await this.writer.write('clearLocalKeyRequests', null);
  }
}

const credentialIn = (row: DocumentRow): HawkCredential => JSON.parse(row.document) as HawkCredential;
const keyPairIn = (row: DocumentRow): LocalKeyPair => JSON.parse(row.document) as LocalKeyPair;
const requestIn = (row: DocumentRow): LoggedRequest => JSON.parse(row.document) as LoggedRequest;
