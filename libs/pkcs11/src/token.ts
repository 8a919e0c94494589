import * as pkcs11 from 'pkcs11js';
import { importKeyPair, type KeyPairImport } from './key-pair-import.js';
import { parsePkcs11Uri, type TokenLocation } from './pkcs11-uri.js';
import {
  decodeSessionKey,
  pseudoRandomKey,
  rejectionChallenge,
  rejectionSecretFrom,
  type KeyEncryptionScheme,
} from './session-key-decoding.js';
import type { Lane, SessionHandle } from './session-pool.js';
import { TokenConnection, type TokenDescription } from './token-connection.js';
import { staleHandles, TokenError, toTokenError } from './token-error.js';
import { KeyIndex, readKeys, type KeySelector, type TokenKey } from './token-keys.js';
import { loadModule, type TokenModule } from './token-module.js';

export interface TokenOptions {
  /** RFC 7512 */
  readonly uri: string;
  readonly pin: string;
  /** Sessions; fewer when the token allows fewer. UV_THREADPOOL_SIZE must be larger than this. */
  readonly sessions: number;
  readonly queueLimit: number;
  /** A native call that takes longer is given up, milliseconds. */
  readonly operationTimeoutMs: number;
  readonly observer: TokenObserver;
}

export interface TokenObserver {
  /** Seconds an operation waited for a session. */
  waited(seconds: number): void;
  /** Seconds an operation took inside the token. */
  executed(seconds: number): void;
  /** The token was lost, is back, or its PIN was refused. */
  stateChanged(state: TokenState): void;
}

export type TokenState =
  | { readonly kind: 'open' }
  | { readonly kind: 'lost'; readonly reason: string }
  /** The PIN is wrong or locked: nobody tries again, because that would lock it for good. */
  | { readonly kind: 'pin-refused'; readonly reason: string }
  | { readonly kind: 'closed' };

export interface UnwrapOptions {
  readonly scheme: KeyEncryptionScheme;
  readonly encryptedKey: Buffer;
  /** Length that the content encryption asks for, bytes. */
  readonly sessionKeyLength: number;
  readonly signal: AbortSignal;
}

const firstRetryMs = 250;
const longestRetryMs = 10_000;
/** An unknown recipient makes us read the token again at most this often. */
const indexRefreshIntervalMs = 5000;

/** A PKCS#11 token as an asynchronous object that comes back by itself when the token was away. */
export class Token {
  private connection: TokenConnection | undefined;
  private currentState: TokenState = { kind: 'closed' };
  private retryTimer: NodeJS.Timeout | undefined;
  private indexedAt = 0;
  private readonly rejectionSecrets = new Map<string, Promise<Buffer>>();

  private constructor(
    private readonly module: TokenModule,
    private readonly location: TokenLocation,
    private readonly options: TokenOptions,
  ) {}

  /** @throws TokenError when the token cannot be opened now; a start must not pass over that. */
  static open(options: TokenOptions): Token {
    const location = parsePkcs11Uri(options.uri);
    const token = new Token(loadModule(location.modulePath), location, options);
    token.connect();
    return token;
  }

  get state(): TokenState {
    return this.currentState;
  }

  get description(): TokenDescription | undefined {
    return this.connection?.description;
  }

  get sessions(): { readonly size: number; readonly inUse: number; readonly queued: number } {
    const pool = this.connection?.pool;
    return { size: pool?.size ?? 0, inUse: pool?.inUse ?? 0, queued: pool?.queued ?? 0 };
  }

  get keys(): readonly TokenKey[] {
    return this.connection?.index.keys ?? [];
  }

  /** The private key a recipient names; the token is read again, now and then, for one that is not known. */
  async findKey(selector: KeySelector, signal: AbortSignal): Promise<TokenKey | undefined> {
    const known = this.current().index.find(selector);
    if (known !== undefined || Date.now() - this.indexedAt < indexRefreshIntervalMs) return known;
    await this.refreshKeys(signal);
    return this.current().index.find(selector);
  }

  /**
   * Opens a session key. Wrong padding gives a pseudo-random key of the same length, not an error (implicit rejection).
   * @throws TokenError only for reasons that have nothing to do with what is inside the block.
   */
  async unwrapSessionKey(key: TokenKey, options: UnwrapOptions): Promise<Buffer> {
    const { scheme, encryptedKey, sessionKeyLength, signal } = options;
    const secret = await this.rejectionSecret(key, signal);
    const size = key.modulus.length;
    // A block of another size or not below the modulus is no ciphertext of this key; everybody can see that, and yet it
    // takes the same way.
    const plausible = encryptedKey.length === size && encryptedKey.compare(key.modulus) < 0;
    const block = await this.rawDecrypt(key, plausible ? encryptedKey : rejectionChallenge(size), signal);
    try {
      return plausible
        ? decodeSessionKey(block, encryptedKey, scheme, sessionKeyLength, secret)
        : pseudoRandomKey(secret, encryptedKey, sessionKeyLength);
    } finally {
      block.fill(0);
    }
  }

  /** Puts a private key and its certificate into the token. @throws TokenError */
  async importKeyPair(pair: KeyPairImport, signal: AbortSignal): Promise<{ key: TokenKey; created: boolean }> {
    const created = await this.withSession('administration', signal, session => {
      const { library } = this.current();
      const result = importKeyPair(library, session, pair);
      this.index(readKeys(library, session));
      return result;
    });
    const key = this.keys.find(candidate => candidate.id.equals(pair.keyIdentifier));
    if (key === undefined) throw new TokenError('internal', 'the token does not show the key that was imported');
    return { key, created };
  }

  /** Reads all keys again: another process may have imported some. */
  async refreshKeys(signal: AbortSignal): Promise<void> {
    await this.withSession('administration', signal, session => this.index(readKeys(this.current().library, session)));
  }

  close(): void {
    clearTimeout(this.retryTimer);
    this.setState({ kind: 'closed' });
    this.connection?.close();
    this.connection = undefined;
  }

  private index(keys: readonly TokenKey[]): void {
    this.current().index = new KeyIndex(keys);
    this.indexedAt = Date.now();
  }

  private rejectionSecret(key: TokenKey, signal: AbortSignal): Promise<Buffer> {
    const id = key.id.toString('hex');
    const known = this.rejectionSecrets.get(id);
    if (known !== undefined) return known;
    const secret = this.rawDecrypt(key, rejectionChallenge(key.modulus.length), signal).then(block => {
      const derived = rejectionSecretFrom(block);
      block.fill(0);
      return derived;
    });
    this.rejectionSecrets.set(id, secret);
    secret.catch(() => this.rejectionSecrets.delete(id));
    return secret;
  }

  /** The bare RSA operation; one more try with a fresh handle when the token has forgotten the old one. */
  private async rawDecrypt(key: TokenKey, input: Buffer, signal: AbortSignal): Promise<Buffer> {
    try {
      return await this.rawDecryptOnce(this.freshest(key), input, signal);
    } catch (error) {
      if (!(error instanceof TokenError) || error.ckr === undefined || !staleHandles.includes(error.ckr)) throw error;
      await this.refreshKeys(signal);
      return this.rawDecryptOnce(this.freshest(key), input, signal);
    }
  }

  private freshest(key: TokenKey): TokenKey {
    const found = this.current().index.find({ type: 'subject-key-identifier', keyIdentifier: key.id });
    if (found === undefined)
      throw new TokenError('not-found', `the token does not hold the key ${key.id.toString('hex')} any more`);
    return found;
  }

  private rawDecryptOnce(key: TokenKey, input: Buffer, signal: AbortSignal): Promise<Buffer> {
    return this.withSession('playback', signal, async session => {
      const { library } = this.current();
      library.C_DecryptInit(session, { mechanism: pkcs11.CKM_RSA_X_509 }, key.handle);
      const output = await library.C_DecryptAsync(session, input, Buffer.alloc(key.modulus.length));
      return leftPadded(output, key.modulus.length);
    });
  }

  private async withSession<T>(
    lane: Lane,
    signal: AbortSignal,
    work: (session: SessionHandle) => Promise<T> | T,
  ): Promise<T> {
    const connection = this.current();
    const session = await connection.pool.lease(lane, signal);
    const started = process.hrtime.bigint();
    let usable = true;
    try {
      return await this.watched(Promise.resolve().then(() => work(session)));
    } catch (error) {
      const failure = toTokenError(error, 'an operation of the token');
      usable = failure.failure !== 'unavailable' && failure.ckr !== 'CKR_OPERATION_ACTIVE';
      if (failure.failure === 'unavailable' || failure.ckr === 'CKR_GENERAL_ERROR')
        this.lose(connection, failure.message);
      throw failure;
    } finally {
      this.options.observer.executed(Number(process.hrtime.bigint() - started) / 1e9);
      connection.pool.release(session, lane, usable);
    }
  }

  /** A native call cannot be cancelled; it is left behind with its session, and the token counts as lost. */
  private async watched<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(new TokenError('unavailable', `a call of the token hangs for ${this.options.operationTimeoutMs} ms`)),
        this.options.operationTimeoutMs,
      );
    });
    try {
      return await Promise.race([work, hung]);
    } finally {
      clearTimeout(timer);
    }
  }

  private current(): TokenConnection {
    if (this.connection !== undefined && this.currentState.kind === 'open') return this.connection;
    const reason = 'reason' in this.currentState ? this.currentState.reason : 'it is closed';
    throw new TokenError('unavailable', `the token is not available: ${reason}`);
  }

  private connect(): void {
    const { pin, sessions, queueLimit, observer } = this.options;
    this.connection = TokenConnection.open(this.module, {
      location: this.location,
      pin,
      sessions,
      queueLimit,
      observer,
    });
    this.indexedAt = Date.now();
    this.setState({ kind: 'open' });
  }

  private lose(connection: TokenConnection, reason: string): void {
    if (this.connection !== connection) return;
    this.connection = undefined;
    this.setState({ kind: 'lost', reason });
    connection.close();
    this.retry(firstRetryMs);
  }

  private retry(delayMs: number): void {
    this.retryTimer = setTimeout(() => {
      if (this.currentState.kind !== 'lost') return;
      try {
        this.module.restart();
        this.connect();
      } catch (error) {
        const failure = toTokenError(error, 'opening the token again');
        if (failure.failure === 'pin') this.setState({ kind: 'pin-refused', reason: failure.message });
        else this.retry(Math.min(delayMs * 2, longestRetryMs));
      }
    }, delayMs);
  }

  private setState(state: TokenState): void {
    this.currentState = state;
    this.options.observer.stateChanged(state);
  }
}

/** Some tokens drop leading zeros of the raw result. */
function leftPadded(block: Buffer, length: number): Buffer {
  if (block.length === length) return block;
  const padded = Buffer.alloc(length);
  block.copy(padded, length - block.length);
  block.fill(0);
  return padded;
}
