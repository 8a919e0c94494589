import type { CertificateInfo } from '#certificates';
import type { KeyEntry, KeyPurpose, TokenStatus } from '#contracts';
import type { KeyEncryptionScheme, SessionKeyLength } from '#pkcs11';
import { RcsError, type KeyVaultConfiguration, type Logger, type WatchedCertificate } from '#platform';
import type { RecordedUse } from '../journal/recorded-use.js';
import type { VaultMetrics } from '../metrics/vault-metrics.js';
import { noteName, noteOf, type DisabledMark, type KeyOfContactCenter } from './disabled-key.js';
import { DisabledKeys } from './disabled-keys.js';
import { CertificateExpiryCache } from './certificate-expiry-cache.js';
import { formatKeyLabel, type KeyLabel } from './key-label.js';
import { FairQueue } from './fair-queue.js';
import { observeTokens, openTokens } from './open-tokens.js';
import { withTokenFailures } from './token-failures.js';
import type { TokenSet } from './token-set.js';
import { readinessOf, tokenStatus, type TokenReadiness } from './token-status.js';
import { VaultKeyLookup } from './vault-key-lookup.js';
import { keyEntry, vaultKey, type VaultKey } from './vault-key.js';

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

type TokenSettings = Pick<KeyVaultConfiguration, 'tokens' | 'threads' | 'limits'>;

/**
 * The keys in the tokens. Their labels say whose they are: `<contact center>/<alias>`. What uses or changes a key demands
 * that it stands in the journal.
 */
export class KeyStore {
  private readonly expiry = new CertificateExpiryCache();
  readonly lookup: VaultKeyLookup;
  /** Which keys open nothing at the moment. */
  readonly disabled: DisabledKeys;

  private constructor(
    private readonly token: TokenSet,
    private readonly turns: FairQueue,
  ) {
    this.disabled = new DisabledKeys(token);
    this.lookup = new VaultKeyLookup(token);
  }

  /** @throws Error when no token can be opened: a vault without its token must not start, unless its PIN is refused. */
  static async open(settings: TokenSettings, metrics: VaultMetrics, logger: Logger): Promise<KeyStore> {
    const tokens = await openTokens(settings, metrics, logger);
    const turns = new FairQueue({
      places: () => tokens.members.reduce((sum, { token }) => sum + token.places, 0),
      perCaller: settings.limits.queuedPerCaller,
      waited: seconds => metrics.queueSeconds.observe(seconds),
    });
    observeTokens(tokens, turns, metrics);
    return new KeyStore(tokens, turns);
  }

  /** The state of every token, in the order of the configuration. */
  get tokens(): readonly TokenStatus[] {
    return this.token.members.map(tokenStatus);
  }

  /** Ready as long as one token works. */
  get readiness(): TokenReadiness {
    return readinessOf(this.tokens);
  }

  /** Operations that wait for their turn. */
  get waiting(): number {
    return this.turns.length;
  }

  /** Keys that are known now, one for each certificate. */
  get count(): number {
    return this.token.keys.length;
  }

  /** When the certificates that lie beside the keys end. */
  *certificateExpiry(): Iterable<WatchedCertificate> {
    for (const { label: name, certificate } of this.token.keys) {
      const notAfter = certificate === undefined ? undefined : this.expiry.of(certificate);
      if (notAfter !== undefined) yield { use: 'recording', name, notAfter };
    }
  }

  /** What callers see of a key. */
  entry(key: VaultKey): KeyEntry {
    return keyEntry(key, this.disabled.of(key));
  }

  /** @throws RcsError RCS_KEY_DISABLED saying until when it can be enabled again */
  requireEnabled(key: KeyOfContactCenter & Pick<KeyLabel, 'alias'>): void {
    const disabled = this.disabled.of(key);
    if (disabled === undefined) return;
    const { mark } = disabled;
    const publicDetail =
      mark === undefined
        ? `the key ${key.alias} is disabled; it can be restored`
        : `the key ${key.alias} has been disabled since ${mark.disabledAt}; it can be restored until it is destroyed, ` +
          `which is at ${mark.destroyableAt} at the earliest`;
    throw new RcsError('RCS_KEY_DISABLED', publicDetail, { publicDetail });
  }

  /**
   * Opens a session key of `length` bytes, or of its own length, when it is the caller's turn; whoever gets it zeroes it.
   * Every use of a key comes by here.
   * @throws RcsError RCS_KEY_DISABLED
   */
  async unwrapSessionKey(
    key: VaultKey,
    wrapped: WrappedSessionKey,
    length: SessionKeyLength,
    by: TokenUser,
    use: RecordedUse,
  ): Promise<Buffer> {
    use.mustName(key);
    this.requireEnabled(key);
    const { keyEncryption: scheme, encryptedKey } = wrapped;
    const options = { scheme, encryptedKey, sessionKeyLength: length, signal: by.signal };
    const sessionKey = await this.turns.run(by.caller, by.signal, () =>
      withTokenFailures(this.token.unwrapSessionKey(key.tokenKey, options)),
    );
    if (this.disabled.of(key) === undefined) return sessionKey;
    // Disabled while this waited for its turn.
    sessionKey.fill(0);
    this.requireEnabled(key);
    return sessionKey;
  }

  async import(pair: KeyPair, use: RecordedUse, signal: AbortSignal): Promise<{ key: VaultKey; created: boolean }> {
    const { purpose, certificate, contactCenter, alias, pkcs8 } = pair;
    const keyIdentifier = certificate.keyIdentifier.toString('hex');
    use.mustName({ keyIdentifier });
    this.requireEnabled({ purpose, contactCenter, alias, keyIdentifier });
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

  /** All keys as they are now, for whoever decides by them. */
  async list(signal: AbortSignal): Promise<VaultKey[]> {
    await withTokenFailures(this.token.refreshKeys(signal));
    return this.token.keys.map(vaultKey);
  }

  /**
   * The same for whoever looks: of a token in which this vault is making a key as they were when that began. Nobody who
   * looks waits for it: a key of 4096 bits takes a token many seconds.
   */
  async glance(signal: AbortSignal): Promise<VaultKey[]> {
    await withTokenFailures(this.token.refreshKeysAtRest(signal));
    return this.token.keys.map(vaultKey);
  }

  /** Makes a key pair in the token. @throws RcsError RCS_KEY_EXISTS when the name is taken */
  async generate(
    label: KeyLabel,
    modulusBits: 2048 | 3072 | 4096,
    use: RecordedUse,
    signal: AbortSignal,
  ): Promise<VaultKey> {
    use.mustName({ keyIdentifier: '' });
    await this.assertFree(label, undefined, signal);
    const sign = label.purpose === 'RECORDING';
    const request = { label: formatKeyLabel(label), modulusBits, sign };
    return vaultKey(await withTokenFailures(this.token.generateKeyPair(request, signal)));
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  async sign(key: VaultKey, message: Buffer, use: RecordedUse, signal: AbortSignal): Promise<Buffer> {
    use.mustName(key);
    this.requireEnabled(key);
    return withTokenFailures(this.token.sign(key.tokenKey, 'sha256', message, signal));
  }

  /** Puts a certificate beside its key. @throws RcsError RCS_KEY_EXISTS when another key has the name */
  async attach(
    key: VaultKey,
    alias: string,
    certificate: CertificateInfo,
    use: RecordedUse,
    signal: AbortSignal,
  ): Promise<VaultKey> {
    use.mustName(key);
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

  /** Writes into every token that the key is disabled; one that is so already stays as it was. */
  async disable(key: KeyOfContactCenter, mark: DisabledMark, use: RecordedUse, signal: AbortSignal): Promise<void> {
    use.mustName(key);
    await withTokenFailures(this.token.writeNote(noteOf(key, mark), signal));
    this.disabled.announce();
  }

  async enable(key: KeyOfContactCenter, use: RecordedUse, signal: AbortSignal): Promise<void> {
    use.mustName(key);
    await withTokenFailures(this.token.removeNote(noteName(key), signal));
    this.disabled.announce();
  }

  /** Reads again which keys are disabled: another vault of the same token may have changed it. */
  async refreshDisabled(signal: AbortSignal): Promise<void> {
    await withTokenFailures(this.token.refreshNotes(signal));
    this.disabled.announce();
  }

  /**
   * Removes all certificates of a key that are one contact center's, and the key unless another contact center has it as
   * well: permanently. @returns whether the private key was destroyed
   */
  async destroy(views: readonly [VaultKey, ...VaultKey[]], use: RecordedUse, signal: AbortSignal): Promise<boolean> {
    use.mustName(views[0]);
    const labels = views.map(({ tokenKey }) => tokenKey.label);
    return withTokenFailures(this.token.removeKey({ id: views[0].tokenKey.id, labels }, signal));
  }

  /** Resolves when no call runs in the token any more. */
  async close(): Promise<void> {
    await this.token.close();
  }

  private async assertFree(label: KeyLabel, except: VaultKey | undefined, signal: AbortSignal): Promise<void> {
    const text = formatKeyLabel(label);
    const keys = await this.list(signal);
    const holder = keys.find(({ tokenKey }) => tokenKey.label === text);
    if (holder === undefined || holder.tokenKey.id.equals(except?.tokenKey.id ?? Buffer.alloc(0))) return;
    throw new RcsError('RCS_KEY_EXISTS', `the token holds ${text} already`);
  }
}
