import type { CertificateInfo } from '#certificates';
import type { ImportKeyReply, KeyEntry } from '#contracts';
import { Token, TokenError, type KeyEncryptionScheme, type KeySelector, type TokenKey } from '#pkcs11';
import { describeError, RcsError, type KeyVaultConfiguration, type Logger, type WatchedCertificate } from '#platform';
import type { VaultMetrics } from '../vault-metrics.js';
import { ExpiryMemory } from './expiry-memory.js';

/** A private key and whom it belongs to. */
export interface RecipientKey {
  readonly contactCenter: string;
  readonly alias: string;
  readonly tokenKey: TokenKey;
}

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
  async find(selector: KeySelector, signal: AbortSignal): Promise<RecipientKey | undefined> {
    const tokenKey = await mapped(this.token.findKey(selector, signal));
    return tokenKey === undefined ? undefined : recipientKey(tokenKey);
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
  ): Promise<RecipientKey | undefined> {
    const tokenKey = await mapped(
      this.token.findKeyWhere(key => {
        const recipient = recipientKey(key);
        return recipient.alias === alias && (contactCenter ?? recipient.contactCenter) === recipient.contactCenter;
      }, signal),
    );
    return tokenKey === undefined ? undefined : recipientKey(tokenKey);
  }

  /** Opens a session key of `length` bytes; the caller zeroes it. */
  unwrapSessionKey(
    key: RecipientKey,
    wrapped: WrappedSessionKey,
    length: number,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const { keyEncryption: scheme, encryptedKey } = wrapped;
    return mapped(
      this.token.unwrapSessionKey(key.tokenKey, { scheme, encryptedKey, sessionKeyLength: length, signal }),
    );
  }

  async import(pair: KeyPair, signal: AbortSignal): Promise<ImportKeyReply> {
    const { certificate, contactCenter, alias, pkcs8 } = pair;
    const { key, created } = await mapped(
      this.token.importKeyPair(
        {
          label: `${contactCenter}/${alias}`,
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
    return { key: keyEntry(key), created };
  }

  async list(signal: AbortSignal): Promise<KeyEntry[]> {
    await mapped(this.token.refreshKeys(signal));
    return this.token.keys.map(keyEntry);
  }

  /** Resolves when no call runs in the token any more. */
  async close(): Promise<void> {
    this.token.close();
    await this.token.closed;
  }
}

function recipientKey(tokenKey: TokenKey): RecipientKey {
  const slash = tokenKey.label.indexOf('/');
  return {
    contactCenter: tokenKey.label.slice(0, Math.max(0, slash)),
    alias: tokenKey.label.slice(slash + 1),
    tokenKey,
  };
}

function keyEntry(tokenKey: TokenKey): KeyEntry {
  const { contactCenter, alias } = recipientKey(tokenKey);
  return {
    contactCenter,
    alias,
    keyIdentifier: tokenKey.id.toString('hex'),
    modulusBits: tokenKey.modulus.length * 8,
    certificate: tokenKey.certificate === undefined ? '' : pemOf(tokenKey.certificate),
  };
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

async function mapped<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof TokenError ? fromTokenError(error) : error;
  }
}

function fromTokenError(error: TokenError): RcsError {
  const options = { cause: error, ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) };
  switch (error.failure) {
    case 'unavailable':
    case 'pin':
      return new RcsError('RCS_TOKEN_UNAVAILABLE', error.message, options);
    case 'busy':
      return new RcsError('RCS_OVERLOADED', error.message, options);
    case 'not-found':
      return new RcsError('RCS_KEY_NOT_FOUND', error.message, { cause: error });
    case 'refused':
      return new RcsError('RCS_KEY_REFUSED', error.message, { cause: error, publicDetail: error.message });
    case 'unsupported':
    case 'internal':
      return new RcsError('RCS_INTERNAL', describeError(error), { cause: error });
  }
}
