import type { Password } from '../password-based-encryption/password.js';

export type KeystoreType = 'PKCS12' | 'JKS' | 'JCEKS';

/** A private key with its certificates. */
export interface PrivateKeyEntry {
  readonly type: 'private-key';
  readonly alias: string;
  readonly createdAt: Date | undefined;
  /** DER; the first is that of the key, each next one that of the issuer before it. Empty where the file has none. */
  readonly certificateChain: readonly Buffer[];
  /**
   * The key as PrivateKeyInfo (PKCS#8), DER; the caller overwrites it with zeros.
   * @param password of this key, where it is another than that of the keystore.
   * @throws CertificateError PRIVATE_KEY_PASSWORD_MISSING, PRIVATE_KEY_PASSWORD_WRONG, PRIVATE_KEY_MALFORMED,
   *   PRIVATE_KEY_ENCRYPTION_UNSUPPORTED, ENCRYPTION_TOO_COSTLY
   */
  openPrivateKey(password?: Password): Buffer;
}

/** A certificate without a key, usually of an authority. */
export interface TrustedCertificateEntry {
  readonly type: 'trusted-certificate';
  readonly alias: string;
  readonly createdAt: Date | undefined;
  /** DER. */
  readonly certificate: Buffer;
}

/** A symmetric key; it is named and otherwise left alone. */
export interface SecretKeyEntry {
  readonly type: 'secret-key';
  readonly alias: string;
  readonly createdAt: Date | undefined;
}

export type KeystoreEntry = PrivateKeyEntry | TrustedCertificateEntry | SecretKeyEntry;

export interface Keystore {
  readonly type: KeystoreType;
  /** Whether the password proved that nobody changed the file; not so without a password, and for PKCS#12 without a MAC. */
  readonly integrityVerified: boolean;
  /** In the order of the file. */
  readonly entries: readonly KeystoreEntry[];
  /** Overwrites what was decrypted in memory; private keys cannot be opened any more. */
  wipe(): void;
}
