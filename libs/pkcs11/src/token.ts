import { TokenError, toTokenError } from './errors/token-error.js';
import { CertificateDirectory } from './keys/certificate-directory.js';
import { generateKeyPair, type KeyPairRequest } from './keys/generate-key-pair.js';
import { hasCertificate, importKeyPair, type KeyPairImport } from './keys/import-key-pair.js';
import type { CertificateToStore } from './keys/key-templates.js';
import { putCertificate } from './keys/put-certificate.js';
import { removeKey, type KeyRemoval } from './keys/remove-key.js';
import { sign, type SignatureHash } from './keys/sign.js';
import { certificateNames } from './keys/certificate-names.js';
import type { PresentKey } from './keys/key-index.js';
import type { KeyObjects } from './keys/read-keys.js';
import type { TokenKey } from './keys/token-key.js';
import { parsePkcs11Uri } from './location/pkcs11-uri.js';
import { listSlots, nameOf, type SlotContent } from './module/find-slot.js';
import type { TokenConnection } from './module/token-connection.js';
import type { TokenDescription } from './module/token-description.js';
import { TokenModule, type ModuleOptions, type ModuleProgress } from './module/token-module.js';
import { removeNote, writeNote, type TokenNote } from './notes/token-notes.js';
import type { TokenSession } from './sessions/token-session.js';
import { TokenSupervisor, type TokenWork } from './token-supervisor.js';
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
  private finished = Promise.resolve();

  private constructor(
    private readonly supervisor: TokenSupervisor,
    private readonly options: TokenOptions,
  ) {}

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
      await module.finish();
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
  async unwrapSessionKey(key: PresentKey, options: UnwrapOptions): Promise<Buffer> {
    requireSessionKeyLength(options.sessionKeyLength);
    return this.supervisor.run('playback', options.signal, 'unwrapping a session key', (session, connection) => {
      const { rawRsa } = connection.description.capabilities;
      const present = presentKey(connection, key);
      if (rawRsa && this.options.paddings !== 'in-token') return this.rawUnwrapping.unwrap(session, present, options);
      return this.paddedUnwrapping.unwrap(session, present, options, connection);
    });
  }

  /**
   * Puts a private key and its certificate into the token. The same pair again changes nothing.
   * @throws TokenError refused when the pair cannot be used.
   */
  async importKeyPair(pair: KeyPairImport, signal: AbortSignal): Promise<{ key: TokenKey; created: boolean }> {
    return this.change('importing a key', signal, async (session, connection) => {
      const { mechanisms, certificates } = connection;
      const created = await importKeyPair(session, mechanisms, connection.readObjects(session), pair, certificates);
      connection.readObjects(session);
      return { key: keyWithCertificate(connection, pair), created };
    });
  }

  /** Makes a key pair inside the token; it has no certificate yet. @throws TokenError refused when the label is taken */
  async generateKeyPair(request: KeyPairRequest, signal: AbortSignal): Promise<TokenKey> {
    return this.change('making a key', signal, async (session, connection) => {
      const { privateKeys, certificates } = connection.readObjects(session);
      if ([...privateKeys, ...certificates].some(({ label }) => label === request.label)) {
        throw new TokenError('refused', 'the token holds a key or certificate of this name already');
      }
      const id = await generateKeyPair(session, connection.mechanisms, request);
      connection.readObjects(session);
      return presentKey(connection, { id, label: request.label });
    });
  }

  /** Puts a certificate beside the key that it belongs to. @throws TokenError not-found, refused */
  async addCertificate(certificate: CertificateToStore, signal: AbortSignal): Promise<TokenKey> {
    return this.change('storing a certificate', signal, async (session, connection) => {
      const present = connection.readObjects(session);
      requireSameKey(presentKey(connection, { id: certificate.keyIdentifier }), certificate);
      if (!hasCertificate(present, certificate)) {
        const { certificates: directory } = connection;
        await putCertificate(session, certificate, { present, keyIsNew: false, directory });
        connection.readObjects(session);
      }
      return keyWithCertificate(connection, certificate);
    });
  }

  /** RSASSA-PKCS1-v1_5 with a key that was made in the token. @throws TokenError refused for other keys */
  async sign(key: PresentKey, hash: SignatureHash, data: Buffer, signal: AbortSignal): Promise<Buffer> {
    return this.supervisor.run('administration', signal, 'signing', (session, connection) =>
      sign(session, presentKey(connection, key), hash, data),
    );
  }

  /**
   * Removes the certificates of a key that bear one of the labels, and with the last certificate the key itself, for good.
   * @returns whether the private key was destroyed.
   * @throws TokenError not-found
   */
  async removeKey(removal: KeyRemoval, signal: AbortSignal): Promise<boolean> {
    return this.change('removing a key', signal, async (session, connection) => {
      const present = connection.readObjects(session);
      const bearsLabel = connection.index.keys.some(
        ({ id, label }) => id.equals(removal.id) && removal.labels.includes(label),
      );
      if (!bearsLabel) throw notHeld(removal.id);
      const destroyed = removeKey(session, present, removal, connection.certificates);
      connection.readObjects(session);
      return Promise.resolve(destroyed);
    });
  }

  /** Reads all keys again: another process may have imported or removed some. @throws TokenError */
  async refreshKeys(signal: AbortSignal): Promise<void> {
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
  async refreshNotes(signal: AbortSignal): Promise<void> {
    await this.supervisor.run('administration', signal, 'reading the notes of the token', (session, connection) => {
      connection.readNotes(session);
      return Promise.resolve();
    });
  }

  /** Writes something down beside the keys; a note of this name that is there stays as it is. @throws TokenError */
  async writeNote(note: TokenNote, signal: AbortSignal): Promise<void> {
    await this.changeNotes('writing a note', signal, session => writeNote(session, note));
  }

  /** @throws TokenError */
  async removeNote(name: string, signal: AbortSignal): Promise<void> {
    await this.changeNotes('removing a note', signal, session => removeNote(session, name));
  }

  private async changeNotes(what: string, signal: AbortSignal, change: (session: TokenSession) => void): Promise<void> {
    await this.change(what, signal, (session, connection) => {
      change(session);
      connection.readNotes(session);
      return Promise.resolve();
    });
  }

  /** @throws TokenError refused where the token is write-protected */
  private async change<T>(what: string, signal: AbortSignal, work: TokenWork<T>): Promise<T> {
    try {
      return await this.supervisor.run('administration', signal, what, (session, connection) => {
        if (connection.readOnly) throw writeProtected(what);
        return work(session, connection);
      });
    } catch (error) {
      throw ofToken(toTokenError(error, what), this.options.uri);
    }
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
  const { serialised, initialisation, certificateDirectory } = options;
  const module = TokenModule.load(location.modulePath, { serialised, initialisation, progress });
  const certificates = certificateDirectory === undefined ? undefined : CertificateDirectory.open(certificateDirectory);
  return new TokenSupervisor(module, { ...options, location, certificates }, options.observer);
}

function presentKey(connection: TokenConnection, wanted: PresentKey): TokenKey {
  const key = connection.index.present(wanted);
  if (key !== undefined) return key;
  throw notHeld(wanted.id);
}

/** @throws TokenError refused */
function requireSameKey({ modulus }: TokenKey, { certificateDer }: CertificateToStore): void {
  if (certificateNames(certificateDer)?.modulus?.equals(modulus) === true) return;
  throw new TokenError('refused', 'the certificate was issued for another key');
}

/** Says which token it was, of which option, and what to do about one that is away. */
function ofToken(error: TokenError, uri: string): TokenError {
  const { failure, message, ckr, retryAfterMs, fault, cause } = error;
  if (failure !== 'unavailable' && (failure !== 'refused' || ckr === undefined)) return error;
  const next = failure === 'unavailable' ? ': check that it is connected, it is looked for by itself' : '';
  const details = { ckr, fault, cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return new TokenError(failure, `${message}${next} (token ${nameOf(parsePkcs11Uri(uri))} of uri)`, details);
}

const writeProtected = (what: string): TokenError =>
  new TokenError(
    'refused',
    `${what} is refused (CKR_TOKEN_WRITE_PROTECTED): the token is write-protected: allow writing in its own configuration`,
    {
      ckr: 'CKR_TOKEN_WRITE_PROTECTED',
    },
  );

const notHeld = (id: Buffer): TokenError =>
  new TokenError('not-found', `the token does not hold the key ${id.toString('hex')}`);

function keyWithCertificate(connection: TokenConnection, { certificateDer, label }: CertificateToStore): TokenKey {
  const key = connection.index.keys.find(
    view => view.label === label && view.certificate?.equals(certificateDer) === true,
  );
  if (key !== undefined) return key;
  throw new TokenError('internal', 'the token does not show the certificate that it was given');
}
