import type { CertificateInfo } from '#certificates';
import type { KeyName, KeyPurpose } from '#contracts';
import { Token, type KeyEncryptionScheme, type KeySelector } from '#pkcs11';
import { RcsError, type KeyVaultConfiguration, type Logger, type WatchedCertificate } from '#platform';
import type { VaultMetrics } from '../vault-metrics.js';
import { ExpiryMemory } from './expiry-memory.js';
import { formatKeyLabel, type KeyLabel } from './key-label.js';
import { withTokenFailures } from './token-failures.js';
import { vaultKey, type VaultKey } from './vault-key.js';

export interface WrappedSessionKey {
  readonly keyEncryption: KeyEncryptionScheme;
  readonly encryptedKey: Buffer;
}

export interface KeyPair {
  readonly contactCenter: string;
  readonly alias: string;
  readonly certificate: CertificateInfo;
  /** Unencrypted PKCS#8 DER; the caller zeroes it. */
  readonly pkcs8: Buffer;
}

export interface KeyStoreHealth {
  readonly ready: boolean;
  readonly reason: string;
  readonly tokenLabel: string;
  readonly tokenModel: string;
  readonly mechanisms: readonly string[];
  readonly keyCount: number;
  readonly sessions: number;
  readonly sessionsInUse: number;
  readonly queued: number;
}

/** The recording keys in the token. Their labels say whose they are: `<contact center>/<alias>`. */
export class KeyStore {
  private readonly expiry = new ExpiryMemory();

  private constructor(private readonly token: Token) {}

  /** @throws Error when the token cannot be opened: a vault without its token must not start. */
  static open(settings: KeyVaultConfiguration['token'], metrics: VaultMetrics, logger: Logger): KeyStore {
    const token = Token.open({
      ...settings,
      observer: {
        waited: seconds => metrics.queueSeconds.observe(seconds),
        executed: seconds => metrics.executionSeconds.observe(seconds),
        stateChanged: state => {
          metrics.stateChanges.inc({ state: state.kind });
          logger[state.kind === 'open' || state.kind === 'closed' ? 'info' : 'error']({ token: state }, 'token state');
        },
      },
    });
    metrics.observeToken({
      sessions: () => token.sessions.size,
      sessionsInUse: () => token.sessions.inUse,
      queued: () => token.sessions.queued,
      keys: () => token.keys.length,
      state: () => token.state.kind,
    });
    return new KeyStore(token);
  }

  health(): KeyStoreHealth {
    const { state, description, sessions } = this.token;
    return {
      ready: state.kind === 'open',
      reason: 'reason' in state ? state.reason : '',
      tokenLabel: description?.label ?? '',
      tokenModel: description?.model ?? '',
      mechanisms: description?.mechanisms ?? [],
      keyCount: this.token.keys.length,
      sessions: sessions.size,
      sessionsInUse: sessions.inUse,
      queued: sessions.queued,
    };
  }

  /** The key a recipient names, if it is ours. */
  async find(selector: KeySelector, signal: AbortSignal): Promise<VaultKey | undefined> {
    const tokenKey = await withTokenFailures(this.token.findKey(selector, signal));
    return tokenKey === undefined ? undefined : vaultKey(tokenKey);
  }

  /** When the certificates that lie beside the keys end. */
  *certificateExpiry(): Iterable<WatchedCertificate> {
    for (const { label: name, certificate } of this.token.keys) {
      const notAfter = certificate === undefined ? undefined : this.expiry.of(certificate);
      if (notAfter !== undefined) yield { use: 'recording', name, notAfter };
    }
  }

  /** The key whose alias is the name that a recipient gives it, of this contact center or, without one, of any. */
  async findNamed(
    alias: string,
    contactCenter: string | undefined,
    signal: AbortSignal,
  ): Promise<VaultKey | undefined> {
    const tokenKey = await withTokenFailures(
      this.token.findKeyWhere(key => {
        const known = vaultKey(key);
        return known.alias === alias && (contactCenter ?? known.contactCenter) === known.contactCenter;
      }, signal),
    );
    return tokenKey === undefined ? undefined : vaultKey(tokenKey);
  }

  /** Opens a session key of `length` bytes; the caller zeroes it. */
  unwrapSessionKey(key: VaultKey, wrapped: WrappedSessionKey, length: number, signal: AbortSignal): Promise<Buffer> {
    const { keyEncryption: scheme, encryptedKey } = wrapped;
    return withTokenFailures(
      this.token.unwrapSessionKey(key.tokenKey, { scheme, encryptedKey, sessionKeyLength: length, signal }),
    );
  }

  async import(pair: KeyPair, signal: AbortSignal): Promise<{ key: VaultKey; created: boolean }> {
    const { certificate, contactCenter, alias, pkcs8 } = pair;
    const { key, created } = await withTokenFailures(
      this.token.importKeyPair(
        {
          label: formatKeyLabel({ purpose: 'RECORDING', contactCenter, alias }),
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
    const keyIdentifier = Buffer.from(name.keyIdentifier, 'hex');
    await this.find({ type: 'subject-key-identifier', keyIdentifier }, signal);
    const [first, ...others] = this.token.keys
      .filter(({ id }) => id.equals(keyIdentifier))
      .map(vaultKey)
      .filter(key => key.contactCenter === name.contactCenter && key.purpose === purpose);
    if (first !== undefined) return [first, ...others];
    throw new RcsError('RCS_NOT_FOUND', 'no such key', {
      publicDetail: 'the token holds no such key of this contact center',
    });
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
    this.token.close();
    await this.token.closed;
  }

  private async assertFree(label: KeyLabel, except: VaultKey | undefined, signal: AbortSignal): Promise<void> {
    const text = formatKeyLabel(label);
    const keys = await this.list(signal);
    const holder = keys.find(({ tokenKey }) => tokenKey.label === text);
    if (holder === undefined || holder.tokenKey.id.equals(except?.tokenKey.id ?? Buffer.alloc(0))) return;
    throw new RcsError('RCS_KEY_EXISTS', `the token holds ${text} already`);
  }
}
