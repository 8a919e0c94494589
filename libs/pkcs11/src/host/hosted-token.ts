import { TokenError } from '../errors/token-error.js';
import type { KeyPairRequest } from '../keys/generate-key-pair.js';
import type { KeyPairImport } from '../keys/import-key-pair.js';
import type { PresentKey } from '../keys/key-index.js';
import { KeyLookup, type KeyFilter } from '../keys/key-lookup.js';
import type { CertificateToStore } from '../keys/key-templates.js';
import type { KeyRemoval } from '../keys/remove-key.js';
import type { SignatureHash } from '../keys/sign.js';
import type { KeySelector, TokenKey } from '../keys/token-key.js';
import type { TokenDescription } from '../module/token-description.js';
import type { TokenNote } from '../notes/token-notes.js';
import type { TokenState } from '../token-options.js';
import type { UnwrapOptions } from '../token.js';
import { requireSessionKeyLength } from '../unwrap/session-key-decoding.js';
import { HostSupervisor, type HostedTokenOptions } from './host-supervisor.js';
import type { ArgumentsOf, HostOperation, ResultOf } from './host-messages.js';

/** One that has been silent for longer may stand: another that can do the same is asked first. */
const doubtfulAfterMs = 300;

/**
 * A token whose PKCS#11 module is in a process of its own. Nothing the module does, or does not do, holds this process up
 * or ends it: a call that stands is killed with the process that it stands in, a crash is another process's, and in either
 * case a new one is begun. What is known of the token is known here, without asking.
 */
export class HostedToken {
  private readonly lookup: KeyLookup;
  private unwrapping = 0;

  private constructor(
    private readonly host: HostSupervisor,
    options: HostedTokenOptions,
  ) {
    const soon = (): AbortSignal => AbortSignal.timeout(options.operationTimeoutMs);
    this.lookup = new KeyLookup({
      index: () => this.host.current().index,
      reread: () => this.refreshKeys(soon()),
      renew: options.objectsReadOnce === true ? () => this.run('renew', soon()) : undefined,
    });
  }

  /** @throws TokenError when the token cannot be opened now, or never. */
  static async open(options: HostedTokenOptions): Promise<HostedToken> {
    const token = HostedToken.begin(options);
    await token.opened;
    const { state } = token;
    if (state.kind === 'open') return token;
    token.close();
    await token.closed;
    const reason = 'reason' in state ? state.reason : state.kind;
    throw new TokenError(state.kind === 'pin-refused' ? 'pin' : 'unavailable', reason);
  }

  /**
   * Begins to open the token, which `opened` waits for. One that is away, or whose module crashes or stands, is looked for
   * again and again.
   * @throws TokenError refused when the URI cannot be meant
   */
  static begin(options: HostedTokenOptions): HostedToken {
    const host = new HostSupervisor(options);
    host.begin();
    return new HostedToken(host, options);
  }

  /**
   * Resolves when the token is open, or known not to be now.
   * @throws TokenError when it can never be opened: a module that cannot be loaded, several tokens that match.
   */
  get opened(): Promise<void> {
    return this.host.opened;
  }

  get state(): TokenState {
    return this.host.state;
  }

  /** Whether it has answered a moment ago. */
  get answers(): boolean {
    return this.host.silentMs < doubtfulAfterMs;
  }

  /** The process that the module is in; undefined while there is none. */
  get pid(): number | undefined {
    return this.host.pid;
  }

  /** What the token is and can do; undefined while it is away. */
  get description(): TokenDescription | undefined {
    return this.host.view.description;
  }

  /** The sessions for playback. */
  get sessions(): { readonly size: number; readonly inUse: number; readonly queued: number } {
    const size = this.host.view.sessions;
    const inUse = Math.min(size, this.unwrapping);
    return { size, inUse, queued: this.unwrapping - inUse };
  }

  /** Unwraps that the sessions have work for at a time: more than sessions where some stand in line. */
  get places(): number {
    return this.host.view.places;
  }

  /** The keys that were there when the token was read last. */
  get keys(): readonly TokenKey[] {
    return this.host.view.index.keys;
  }

  /** What was written down beside the keys, when the token was read last. */
  get notes(): readonly TokenNote[] {
    return this.host.view.notes;
  }

  /** All keys that bear the name a recipient gives, the likeliest first, as far as they are known without asking the token. */
  knownKeys(selector: KeySelector): readonly TokenKey[] {
    return this.host.view.index.find(selector);
  }

  /** Whether the token is known to hold this very key. */
  holds(key: PresentKey): boolean {
    return this.host.view.index.present(key) !== undefined;
  }

  /**
   * Those of the private keys bearing the name a recipient gives that the caller wants, the likeliest first. The token is
   * read again where none is known, because another process may have imported one; for many together, once a second.
   * @throws TokenError
   */
  findKeys(selector: KeySelector, isWanted: KeyFilter, signal: AbortSignal): Promise<readonly TokenKey[]> {
    return this.lookup.byName(selector, isWanted, signal);
  }

  /** As `findKeys`, for names that only the caller understands. @throws TokenError */
  findKeysWhere(matches: KeyFilter, signal: AbortSignal): Promise<readonly TokenKey[]> {
    return this.lookup.where(matches, signal);
  }

  /**
   * Opens a session key; the caller overwrites it. Wrong padding gives a pseudo-random key of the length asked for, not
   * an error (implicit rejection).
   * @throws TokenError only for reasons that have nothing to do with what is inside the block.
   */
  async unwrapSessionKey({ id, label }: PresentKey, { signal, ...encrypted }: UnwrapOptions): Promise<Buffer> {
    const { scheme, encryptedKey, sessionKeyLength } = encrypted;
    requireSessionKeyLength(sessionKeyLength);
    const key = label === undefined ? { id } : { id, label };
    this.unwrapping++;
    try {
      const opened = await this.run('unwrapSessionKey', signal, key, { scheme, encryptedKey, sessionKeyLength });
      this.host.proven();
      return opened;
    } finally {
      this.unwrapping--;
    }
  }

  /** Puts a private key and its certificate into the token. @throws TokenError refused when the pair cannot be used. */
  importKeyPair(
    pair: KeyPairImport,
    signal: AbortSignal,
  ): Promise<{ readonly key: TokenKey; readonly created: boolean }> {
    return this.run('importKeyPair', signal, pair);
  }

  /** Makes a key pair inside the token; it has no certificate yet. @throws TokenError refused when the label is taken */
  generateKeyPair(request: KeyPairRequest, signal: AbortSignal): Promise<TokenKey> {
    return this.run('generateKeyPair', signal, request);
  }

  /** Puts a certificate beside the key that it belongs to. @throws TokenError not-found, refused */
  addCertificate(certificate: CertificateToStore, signal: AbortSignal): Promise<TokenKey> {
    return this.run('addCertificate', signal, certificate);
  }

  /** RSASSA-PKCS1-v1_5 with a key that was made in the token. @throws TokenError refused for other keys */
  sign({ id, label }: PresentKey, hash: SignatureHash, data: Buffer, signal: AbortSignal): Promise<Buffer> {
    return this.run('sign', signal, label === undefined ? { id } : { id, label }, hash, data);
  }

  /** @returns whether the private key was destroyed. @throws TokenError not-found */
  removeKey(removal: KeyRemoval, signal: AbortSignal): Promise<boolean> {
    return this.run('removeKey', signal, removal);
  }

  /** Reads all keys again: another process may have imported or removed some. @throws TokenError */
  refreshKeys(signal: AbortSignal): Promise<void> {
    return this.run('refreshKeys', signal);
  }

  /** Reads the notes again: another process may have written some. @throws TokenError */
  refreshNotes(signal: AbortSignal): Promise<void> {
    return this.run('refreshNotes', signal);
  }

  /** Writes something down beside the keys; a note of this name that is there stays as it is. @throws TokenError */
  writeNote(note: TokenNote, signal: AbortSignal): Promise<void> {
    return this.run('writeNote', signal, note);
  }

  /** @throws TokenError */
  removeNote(name: string, signal: AbortSignal): Promise<void> {
    return this.run('removeNote', signal, name);
  }

  /** Ends for good: who waits hears `unavailable`, what runs is finished; `closed` tells when. */
  close(): void {
    this.host.close();
  }

  /** Resolves when the process is gone, which is killed if a call stands. */
  get closed(): Promise<void> {
    return this.host.closed;
  }

  private run<Name extends HostOperation>(
    name: Name,
    signal: AbortSignal,
    ...values: ArgumentsOf<Name>
  ): Promise<ResultOf<Name>> {
    return this.host.request(name, values, signal);
  }
}
