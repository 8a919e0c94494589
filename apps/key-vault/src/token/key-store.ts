import type { CertificateInfo } from '#certificates';
import type { KeyName, KeyPurpose, TokenStatus } from '#contracts';
import type { KeyEncryptionScheme, TokenKey } from '#pkcs11';
import { RcsError, type KeyVaultConfiguration, type Logger, type WatchedCertificate } from '#platform';
import type { VaultMetrics } from '../vault-metrics.js';
import { ExpiryMemory } from './expiry-memory.js';
import { formatKeyLabel, type KeyLabel } from './key-label.js';
import { FairQueue } from './fair-queue.js';
import { observeTokens, openTokens } from './open-tokens.js';
import { withTokenFailures } from './token-failures.js';
import type { TokenSet } from './token-set.js';
import type { RecipientIdentifier } from './recipient-keys.js';
import { vaultKey, type VaultKey } from './vault-key.js';

export interface WrappedSessionKey {
  readonly keyEncryption: KeyEncryptionScheme;
  readonly encryptedKey: Buffer;
}

export interface KeyPair {
  readonly purpose: KeyPurpose;
  readonly contactCenter: string;
  readonly alias: string;
  readonly certificate: CertificateInfo;
  /** Unencrypted PKCS#8 DER; the caller zeroes it. */
  readonly pkcs8: Buffer;
}

/** For whom a token works. */
export interface TokenUser {
  /** Fingerprint of the caller's certificate: its line in the queue. */
  readonly caller: string;
  readonly signal: AbortSignal;
}

type TokenSettings = Pick<KeyVaultConfiguration, 'tokens' | 'limits'>;

/** The keys in the tokens. Their labels say whose they are: `<contact center>/<alias>`. */
export class KeyStore {
  private readonly expiry = new ExpiryMemory();
  /** Keys that open session keys, which come with every unwrapping: their names are read once. */
  private readonly used = new WeakMap<TokenKey, VaultKey>();

  private constructor(
    private readonly token: TokenSet,
    private readonly turns: FairQueue,
  ) {}

  /** @throws Error when no token can be opened: a vault without its token must not start. */
  static open(settings: TokenSettings, metrics: VaultMetrics, logger: Logger): KeyStore {
    const tokens = openTokens(settings.tokens, metrics, logger);
    const turns = new FairQueue({
      places: () => tokens.members.reduce((sum, { token }) => sum + token.sessions.size, 0),
      perCaller: settings.limits.queuedPerCaller,
      waited: seconds => metrics.queueSeconds.observe(seconds),
    });
    observeTokens(tokens, turns, metrics);
    return new KeyStore(tokens, turns);
  }

  /** The state of every token, in the order of the configuration. */
  get tokens(): readonly TokenStatus[] {
    return this.token.members.map(({ name, token }) => {
      const { state, description, sessions, keys } = token;
      return {
        name,
        state: state.kind,
        reason: 'reason' in state ? state.reason : '',
        label: description?.label ?? '',
        model: description?.model ?? '',
        mechanisms: description?.mechanisms ?? [],
        keyCount: keys.length,
        sessions: sessions.size,
        sessionsInUse: sessions.inUse,
        queued: sessions.queued,
      };
    });
  }

  /** Operations that wait for their turn. */
  get waiting(): number {
    return this.turns.length;
  }

  /** Keys that are known now, one for each certificate. */
  get count(): number {
    return this.token.keys.length;
  }

  /** Ready as long as one token works. */
  get readiness(): { readonly ready: boolean; readonly reason: string } {
    const { tokens } = this;
    const ready = tokens.some(({ state }) => state === 'open');
    return {
      ready,
      reason: ready ? '' : tokens.map(({ name, state, reason }) => reason || `${name}: ${state}`).join('; '),
    };
  }

  /**
   * Those of the keys bearing the name a recipient gives that are wanted, the likeliest first, as far as they are known
   * without asking a token. Keys by their aliases are looked for by `find` alone.
   */
  known(name: RecipientIdentifier, isWanted: (key: VaultKey) => boolean): readonly VaultKey[] {
    if (name.type === 'key-name') return [];
    return this.token
      .knownKeys(name)
      .map(tokenKey => this.remembered(tokenKey))
      .filter(isWanted);
  }

  /** As `known`; the tokens are read again where none is known. */
  async find(
    name: RecipientIdentifier,
    isWanted: (key: VaultKey) => boolean,
    signal: AbortSignal,
  ): Promise<readonly VaultKey[]> {
    const filter = (tokenKey: TokenKey): boolean => isWanted(this.remembered(tokenKey));
    const found = await withTokenFailures(
      name.type === 'key-name'
        ? this.token.findKeysWhere(key => this.remembered(key).alias === name.keyName && filter(key), signal)
        : this.token.findKeys(name, filter, signal),
    );
    return found.map(tokenKey => this.remembered(tokenKey));
  }

  /** When the certificates that lie beside the keys end. */
  *certificateExpiry(): Iterable<WatchedCertificate> {
    for (const { label: name, certificate } of this.token.keys) {
      const notAfter = certificate === undefined ? undefined : this.expiry.of(certificate);
      if (notAfter !== undefined) yield { use: 'recording', name, notAfter };
    }
  }

  /** Opens a session key of `length` bytes, when it is the caller's turn; whoever gets it zeroes it. */
  unwrapSessionKey(key: VaultKey, wrapped: WrappedSessionKey, length: number, by: TokenUser): Promise<Buffer> {
    const { keyEncryption: scheme, encryptedKey } = wrapped;
    const options = { scheme, encryptedKey, sessionKeyLength: length, signal: by.signal };
    return this.turns.run(by.caller, by.signal, () =>
      withTokenFailures(this.token.unwrapSessionKey(key.tokenKey, options)),
    );
  }

  async import(pair: KeyPair, signal: AbortSignal): Promise<{ key: VaultKey; created: boolean }> {
    const { purpose, certificate, contactCenter, alias, pkcs8 } = pair;
    const { key, created } = await withTokenFailures(
      this.token.importKeyPair(
        {
          label: formatKeyLabel({ purpose, contactCenter, alias }),
          keyIdentifier: certificate.keyIdentifier,
          pkcs8,
          certificateDer: certificate.der,
          subject: certificate.subjectDer,
          issuer: certificate.issuerDer,
          serialNumber: certificate.serialNumberOctets,
        },
        signal,
      ),
    );
    return { key: vaultKey(key), created };
  }

  /** All keys as they are now. */
  async list(signal: AbortSignal): Promise<VaultKey[]> {
    await withTokenFailures(this.token.refreshKeys(signal));
    return this.token.keys.map(vaultKey);
  }

  /**
   * The key of this name, once for each of its certificates.
   * @throws RcsError RCS_NOT_FOUND also for a key of another contact center or purpose.
   */
  async named(name: KeyName, purpose: KeyPurpose, signal: AbortSignal): Promise<readonly [VaultKey, ...VaultKey[]]> {
    const [first, ...others] = await this.findOwn(
      name.keyIdentifier,
      key => key.contactCenter === name.contactCenter && key.purpose === purpose,
      signal,
    );
    if (first !== undefined) return [first, ...others];
    throw new RcsError('RCS_NOT_FOUND', 'no such key', {
      publicDetail: 'the token holds no such key of this contact center',
    });
  }

  /** The wanted among the keys that are this very key, once for each certificate: what only claims its identifier is not. */
  findOwn(
    keyIdentifier: string,
    isWanted: (key: VaultKey) => boolean,
    signal: AbortSignal,
  ): Promise<readonly VaultKey[]> {
    const name = { type: 'subject-key-identifier', keyIdentifier: Buffer.from(keyIdentifier, 'hex') } as const;
    return this.find(name, key => key.keyIdentifier === keyIdentifier && isWanted(key), signal);
  }

  /** Makes a key pair in the token. @throws RcsError RCS_KEY_EXISTS when the name is taken */
  async generate(label: KeyLabel, modulusBits: 2048 | 3072 | 4096, signal: AbortSignal): Promise<VaultKey> {
    await this.assertFree(label, undefined, signal);
    const sign = label.purpose === 'RECORDING';
    const request = { label: formatKeyLabel(label), modulusBits, sign };
    return vaultKey(await withTokenFailures(this.token.generateKeyPair(request, signal)));
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  sign({ tokenKey }: VaultKey, message: Buffer, signal: AbortSignal): Promise<Buffer> {
    return withTokenFailures(this.token.sign(tokenKey, 'sha256', message, signal));
  }

  /** Puts a certificate beside its key. @throws RcsError RCS_KEY_EXISTS when another key has the name */
  async attach(key: VaultKey, alias: string, certificate: CertificateInfo, signal: AbortSignal): Promise<VaultKey> {
    const label = { purpose: key.purpose, contactCenter: key.contactCenter, alias };
    await this.assertFree(label, key, signal);
    const stored = {
      label: formatKeyLabel(label),
      keyIdentifier: key.tokenKey.id,
      certificateDer: certificate.der,
      subject: certificate.subjectDer,
      issuer: certificate.issuerDer,
      serialNumber: certificate.serialNumberOctets,
    };
    return vaultKey(await withTokenFailures(this.token.addCertificate(stored, signal)));
  }

  /** Removes a certificate and with the last one the key. @returns whether the private key was destroyed */
  async remove(key: VaultKey, signal: AbortSignal): Promise<boolean> {
    return withTokenFailures(this.token.removeKey({ id: key.tokenKey.id, label: key.tokenKey.label }, signal));
  }

  /** Resolves when no call runs in the token any more. */
  async close(): Promise<void> {
    await this.token.close();
  }

  private remembered(tokenKey: TokenKey): VaultKey {
    const known = this.used.get(tokenKey) ?? vaultKey(tokenKey);
    this.used.set(tokenKey, known);
    return known;
  }

  private async assertFree(label: KeyLabel, except: VaultKey | undefined, signal: AbortSignal): Promise<void> {
    const text = formatKeyLabel(label);
    const keys = await this.list(signal);
    const holder = keys.find(({ tokenKey }) => tokenKey.label === text);
    if (holder === undefined || holder.tokenKey.id.equals(except?.tokenKey.id ?? Buffer.alloc(0))) return;
    throw new RcsError('RCS_KEY_EXISTS', `the token holds ${text} already`);
  }
}
