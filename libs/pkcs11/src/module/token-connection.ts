import * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { toTokenError } from '../errors/token-error.js';
import type { CertificateDirectory } from '../keys/certificate-directory.js';
import { KeyIndex } from '../keys/key-index.js';
import { KeyReader, type KeyObjects } from '../keys/read-keys.js';
import type { TokenKey } from '../keys/token-key.js';
import type { TokenLocation } from '../location/pkcs11-uri.js';
import { readNotes, type TokenNote } from '../notes/token-notes.js';
import { LineLength } from '../sessions/line-length.js';
import { SessionPool, type Lane } from '../sessions/session-pool.js';
import { Login } from '../sessions/login.js';
import { TokenSession } from '../sessions/token-session.js';
import { longestInputBytes } from './decryption-threads.js';
import { findSlot } from './find-slot.js';
import { describeToken, MechanismList, type TokenDescription } from './token-description.js';
import { asUnavailable, type TokenModule } from './token-module.js';

export interface ConnectionOptions {
  readonly location: TokenLocation;
  readonly pin: string;
  readonly sessions: number;
  readonly queueLimit: number;
  readonly operationTimeoutMs: number;
  /** Where certificates lie that the token does not keep. */
  readonly certificates?: CertificateDirectory | undefined;
}

/**
 * One presence of a token: its slot, a login, sessions and what it holds. Lost as a whole when the token goes; the next
 * presence is another object.
 */
export class TokenConnection {
  /** In each session. */
  readonly lineLength = new LineLength();
  private version = 0;
  /** Login and handles are in doubt. */
  private stale = false;
  private tokenNotes: readonly TokenNote[] = [];
  private keyObjects: KeyObjects = { privateKeys: [], certificates: [] };
  private keyIndex = new KeyIndex(this.keyObjects);
  private readonly pools: Readonly<Record<Lane, SessionPool>>;
  private readonly reader: KeyReader;
  private readonly login: Login;
  private isReadOnly: boolean;

  private constructor(
    private readonly module: TokenModule,
    private readonly options: ConnectionOptions,
    private readonly slot: pkcs11.Handle,
    readonly mechanisms: MechanismList,
    readonly description: TokenDescription,
  ) {
    this.reader = new KeyReader(options.certificates);
    this.login = new Login(slot, options.pin);
    this.isReadOnly = description.writeProtected;
    this.pools = this.createPools();
  }

  /** Logs in and reads all keys. A wrong PIN is tried exactly once, the last try that the token has is left to people. @throws TokenError unavailable or pin */
  static open(module: TokenModule, options: ConnectionOptions): TokenConnection {
    let connection: TokenConnection | undefined;
    try {
      module.enter();
      const { slot, info } = findSlot(module.library, options.location);
      const mechanisms = new MechanismList(module, slot);
      connection = new TokenConnection(module, options, slot, mechanisms, describeToken(info, mechanisms));
      module.hold(connection);
      connection.begin();
      return connection;
    } catch (error) {
      connection?.close();
      throw asUnavailable(toTokenError(error, 'opening the token'));
    }
  }

  get index(): KeyIndex {
    return this.keyIndex;
  }

  /** What the index is made of. */
  get objects(): KeyObjects {
    return this.keyObjects;
  }

  /** What was written down beside the keys, as it was when the token was read last. */
  get notes(): readonly TokenNote[] {
    return this.tokenNotes;
  }

  /** Whether the token is write-protected: it unwraps, and changes nothing. */
  get readOnly(): boolean {
    return this.isReadOnly;
  }

  get certificates(): CertificateDirectory | undefined {
    return this.options.certificates;
  }

  pool(lane: Lane): SessionPool {
    return this.pools[lane];
  }

  /** Whether an operation runs or waits. */
  get inUse(): boolean {
    return Object.values(this.pools).some(({ inUse, queued }) => inUse + queued > 0);
  }

  /** Changes whenever the keys were read: a handle that failed may have been replaced meanwhile. */
  get indexVersion(): number {
    return this.version;
  }

  /**
   * The objects of the token as they are now; keys are found among them from now on.
   * @throws TokenError unavailable when the token is gone
   */
  readObjects(session: TokenSession): KeyObjects {
    const objects = this.reader.read(session);
    const notes = readNotes(session);
    // SoftHSM finds nothing in a token that is gone, as if its keys had been removed.
    this.assertPresent();
    this.keyObjects = objects;
    this.keyIndex = new KeyIndex(objects);
    this.tokenNotes = notes;
    this.version++;
    return objects;
  }

  /** The notes alone, as they are now: cheaper than all keys. @throws TokenError unavailable when the token is gone */
  readNotes(session: TokenSession): void {
    const notes = readNotes(session);
    // As above: a token that is gone has no notes either, and what they forbid would be allowed.
    this.assertPresent();
    this.tokenNotes = notes;
  }

  /**
   * Asks the token whether it is there. If so, the next operation logs in again where that was forgotten, and reads all
   * keys again. Cheap: no cryptography.
   * @throws TokenError unavailable
   */
  revive(): void {
    this.assertPresent();
    this.stale = true;
  }

  /** Whether the next operation, whatever it is, has something to repair first, for which it needs its session alone. */
  get isInDoubt(): boolean {
    return this.stale;
  }

  /** Whether decrypting with the key is one step: no login in between, of which it is known that there is none. */
  decryptsInOneStep({ handle, modulus }: TokenKey): boolean {
    return !this.module.serialised && this.login.isKnownFree(handle) && modulus.length <= longestInputBytes;
  }

  /** To be called at the beginning of every operation. @throws TokenError pin when the token lets us in no more */
  prepare(session: TokenSession): void {
    if (!this.stale) return;
    this.login.enter(session);
    this.reader.forget();
    this.readObjects(session);
    this.stale = false;
  }

  /** Nobody gets a session any more; those in use are closed when they come back. */
  close(): void {
    for (const pool of new Set(Object.values(this.pools))) pool.close();
    this.module.leave(this);
  }

  private assertPresent(): void {
    try {
      this.module.library.C_GetTokenInfo(this.slot);
    } catch (error) {
      throw asUnavailable(toTokenError(error, 'asking the token how it is'));
    }
  }

  private begin(): void {
    const session = this.openSession();
    this.pools.administration.adopt(session);
    this.readObjects(session);
  }

  /** Administration has a session of its own, unless the token has but one for everything. */
  private createPools(): Readonly<Record<Lane, SessionPool>> {
    const { sessions, queueLimit } = this.options;
    const most = this.description.capabilities.maximumSessions ?? Infinity;
    const pool = (size: number, partner?: () => SessionPool): SessionPool =>
      new SessionPool({
        size,
        queueLimit,
        lineLength: () => this.lineLength.current,
        openSession: () => this.openSession(),
        closeSession: session => session.close(),
        ...(partner === undefined ? {} : { partner }),
      });
    if (most < 2) {
      const only = pool(1);
      return { playback: only, administration: only };
    }
    const playback: SessionPool = pool(Math.min(sessions, most - 1), () => administration);
    const administration: SessionPool = pool(1, () => playback);
    return { playback, administration };
  }

  private openSession(): TokenSession {
    const session = new TokenSession(this.module, this.openHandle(), this.login, this.options.operationTimeoutMs);
    try {
      this.login.enter(session);
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** Sessions that may write, as far as the token has any. */
  private openHandle(): pkcs11.Handle {
    const { library } = this.module;
    const { CKF_SERIAL_SESSION, CKF_RW_SESSION } = pkcs11;
    if (!this.isReadOnly) {
      try {
        return library.C_OpenSession(this.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION);
      } catch (error) {
        if (ckrOf(error) !== 'CKR_TOKEN_WRITE_PROTECTED') throw error;
        this.isReadOnly = true;
      }
    }
    return library.C_OpenSession(this.slot, CKF_SERIAL_SESSION);
  }
}
