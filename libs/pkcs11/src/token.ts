import { CertificateDirectory } from './keys/certificate-directory.js';
import type { KeyPairRequest } from './keys/generate-key-pair.js';
import type { KeyPairImport } from './keys/import-key-pair.js';
import type { CertificateToStore } from './keys/key-templates.js';
import type { KeyRemoval } from './keys/remove-key.js';
import { sign, type SignatureHash } from './keys/sign.js';
import { heldKey } from './keys/held-key.js';
import type { KeyIndex, PresentKey } from './keys/key-index.js';
import type { KeyObjects } from './keys/read-keys.js';
import type { TokenKey } from './keys/token-key.js';
import { parsePkcs11Uri } from './location/pkcs11-uri.js';
import { listSlots, type SlotContent } from './module/find-slot.js';
import type { TokenConnection } from './module/token-connection.js';
import type { TokenDescription } from './module/token-description.js';
import { TokenModule, type ModuleOptions, type ModuleProgress } from './module/token-module.js';
import type { TokenNote } from './notes/token-notes.js';
import type { WaitSignal } from './sessions/wait-signal.js';
import { TokenAdministration } from './token-administration.js';
import { TokenSupervisor, type TokenWorkInTurn, type WantedUse } from './token-supervisor.js';
import type { TokenOptions, TokenState } from './token-options.js';
import { PaddedUnwrapping } from './unwrap/padded-unwrapping.js';
import { RawUnwrapping } from './unwrap/raw-unwrapping.js';
import { requireSessionKeyLength, type EncryptedSessionKey } from './unwrap/session-key-decoding.js';

export interface UnwrapOptions extends EncryptedSessionKey {
  readonly signal: AbortSignal;
}

const nothing: readonly never[] = [];
const noObjects: KeyObjects = { privateKeys: [], certificates: [] };

/**
 * A PKCS#11 token as an asynchronous object that comes back by itself when the token was away. Every method that waits
 * takes a signal for the time of waiting; an operation that has begun is finished, since no module can cancel one.
 */
export class Token {
  private readonly rawUnwrapping = new RawUnwrapping();
  private readonly paddedUnwrapping = new PaddedUnwrapping();
  private readonly administration: TokenAdministration;
  private finished = Promise.resolve();

  private constructor(
    private readonly supervisor: TokenSupervisor,
    private readonly options: TokenOptions,
  ) {
    this.administration = new TokenAdministration(supervisor, options.uri);
  }

  /** @throws TokenError when the token cannot be opened now; a start must not pass over that. */
  static open(options: TokenOptions): Token {
    const supervisor = supervisorOf(options);
    supervisor.open();
    return new Token(supervisor, options);
  }

  /**
   * What the slots of a module hold, whichever token the URI means.
   * @throws TokenError when the module cannot be loaded or initialised.
   */
  static async slots(uri: string, options: ModuleOptions = {}): Promise<SlotContent[]> {
    const module = TokenModule.load(parsePkcs11Uri(uri).modulePath, options);
    module.enter();
    try {
      return listSlots(module.library);
    } finally {
      await module.finish(0);
    }
  }

  /**
   * One of several tokens: it may be away now, and is opened when it comes.
   * @throws TokenError when it can never be opened: bad URI, module that cannot be loaded.
   */
  static openOrWait(options: TokenOptions, progress?: ModuleProgress): Token {
    const supervisor = supervisorOf(options, progress);
    supervisor.openOrWait();
    return new Token(supervisor, options);
  }

  get state(): TokenState {
    return this.supervisor.state;
  }

  /** What the token is and can do; undefined while it is away. */
  get description(): TokenDescription | undefined {
    return this.supervisor.present?.description;
  }

  /** The sessions for playback. */
  get sessions(): { readonly size: number; readonly inUse: number; readonly queued: number } {
    const pool = this.supervisor.present?.pool('playback');
    return { size: pool?.size ?? 0, inUse: pool?.inUse ?? 0, queued: pool?.queued ?? 0 };
  }

  /** Unwraps that the sessions have work for at a time: more than sessions where some stand in line. */
  get places(): number {
    const { present } = this.supervisor;
    return present === undefined ? 0 : present.pool('playback').size * present.lineLength.current;
  }

  /** The keys that were there when the token was read last. */
  get keys(): readonly TokenKey[] {
    return this.supervisor.present?.index.keys ?? [];
  }

  /** What the keys are made of: the objects that were there when the token was read last. */
  get objects(): KeyObjects {
    return this.supervisor.present?.objects ?? noObjects;
  }

  /** What was written down beside the keys, when the token was read last. */
  get notes(): readonly TokenNote[] {
    return this.supervisor.present?.notes ?? nothing;
  }

  /**
   * Opens a session key; the caller overwrites it. Wrong padding gives a pseudo-random key of the length asked for, not
   * an error (implicit rejection).
   * @throws TokenError only for reasons that have nothing to do with what is inside the block.
   */
  async unwrapSessionKey(key: PresentKey, options: EncryptedSessionKey & { signal: WaitSignal }): Promise<Buffer> {
    requireSessionKeyLength(options.sessionKeyLength);
    let known: { readonly index: KeyIndex; readonly key: TokenKey | undefined } | undefined;
    const work: TokenWorkInTurn<Buffer> = (session, connection, turn) => {
      const { index } = connection;
      const present = (known?.index === index ? known.key : undefined) ?? heldKey(index, key);
      if (this.judgesPaddings(connection)) return this.rawUnwrapping.unwrap(session, present, options, turn);
      return this.paddedUnwrapping.unwrap(session, present, options, connection);
    };
    const use: WantedUse = connection => {
      const { index } = connection;
      const present = index.present(key);
      known = { index, key: present };
      const isOneStep =
        present !== undefined && this.judgesPaddings(connection) && connection.decryptsInOneStep(present);
      return isOneStep && this.rawUnwrapping.isReadyFor(present) ? 'in line' : 'alone';
    };
    return this.supervisor.run('playback', options.signal, 'unwrapping a session key', work, use);
  }

  /** Puts a private key and its certificate into the token. @throws TokenError refused when the pair cannot be used. */
  importKeyPair(pair: KeyPairImport, signal: WaitSignal): Promise<{ key: TokenKey; created: boolean }> {
    return this.administration.importKeyPair(pair, signal);
  }

  /** Makes a key pair inside the token; it has no certificate yet. @throws TokenError refused when the label is taken */
  generateKeyPair(request: KeyPairRequest, signal: WaitSignal): Promise<TokenKey> {
    return this.administration.generateKeyPair(request, signal);
  }

  /** Puts a certificate beside the key that it belongs to. @throws TokenError not-found, refused */
  addCertificate(certificate: CertificateToStore, signal: WaitSignal): Promise<TokenKey> {
    return this.administration.addCertificate(certificate, signal);
  }

  /** @returns whether the private key was destroyed. @throws TokenError not-found */
  removeKey(removal: KeyRemoval, signal: WaitSignal): Promise<boolean> {
    return this.administration.removeKey(removal, signal);
  }

  /** Writes something down beside the keys; a note of this name that is there stays as it is. @throws TokenError */
  writeNote(note: TokenNote, signal: WaitSignal): Promise<void> {
    return this.administration.writeNote(note, signal);
  }

  /** @throws TokenError */
  removeNote(name: string, signal: WaitSignal): Promise<void> {
    return this.administration.removeNote(name, signal);
  }

  /** RSASSA-PKCS1-v1_5 with a key that was made in the token. @throws TokenError refused for other keys */
  async sign(key: PresentKey, hash: SignatureHash, data: Buffer, signal: WaitSignal): Promise<Buffer> {
    return this.supervisor.run('administration', signal, 'signing', (session, connection) =>
      sign(session, heldKey(connection.index, key), hash, data),
    );
  }

  /** Reads all keys again: another process may have imported or removed some. @throws TokenError */
  async refreshKeys(signal: WaitSignal): Promise<void> {
    await this.supervisor.run('administration', signal, 'reading the keys of the token', (session, connection) => {
      connection.readObjects(session);
      return Promise.resolve();
    });
  }

  /**
   * Initialises the module again, so that it reads its objects again, unless somebody uses the token or waits for it.
   * @throws TokenError unavailable when the token does not open again at once
   */
  renew(): Promise<void> {
    return this.supervisor.renew();
  }

  /** Reads the notes again: another process may have written some. @throws TokenError */
  async refreshNotes(signal: WaitSignal): Promise<void> {
    await this.supervisor.run('administration', signal, 'reading the notes of the token', (session, connection) => {
      connection.readNotes(session);
      return Promise.resolve();
    });
  }

  /** Whether paddings are judged here, and not by the token. */
  private judgesPaddings({ description }: TokenConnection): boolean {
    return description.capabilities.rawRsa && this.options.paddings !== 'in-token';
  }

  /** Ends for good: who waits hears `unavailable`, what runs is finished; `closed` tells when. */
  close(): void {
    this.finished = this.supervisor.close();
  }

  /** Resolves when everything that ran when `close` was called is over, unless it hangs. */
  get closed(): Promise<void> {
    return this.finished;
  }
}

function supervisorOf(options: TokenOptions, progress?: ModuleProgress): TokenSupervisor {
  const location = parsePkcs11Uri(options.uri);
  const { serialised, initialisation, certificateDirectory, sessions } = options;
  const threads = Math.min(sessions, options.threads ?? sessions);
  const module = TokenModule.load(location.modulePath, { serialised, initialisation, progress, threads });
  const certificates = certificateDirectory === undefined ? undefined : CertificateDirectory.open(certificateDirectory);
  return new TokenSupervisor(module, { ...options, location, certificates }, options.observer);
}
