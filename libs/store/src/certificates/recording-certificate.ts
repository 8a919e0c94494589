/** A certificate of a contact center whose key this server holds, as administrators manage it. Times are ISO 8601. */
export interface RecordingCertificate {
  readonly contactCenter: string;
  /** Unique within the contact center. */
  readonly alias: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM of the certificates up to the root that came with it, one behind the other; may be empty. */
  readonly chain: string;
  /** SHA-256 of the DER, lower-case hexadecimal; unique within the contact center. */
  readonly fingerprint: string;
  /** Subject key identifier of the public key (SHA-1), lower-case hexadecimal: the key in the token. */
  readonly keyIdentifier: string;
  /** How the private key came: `OpenSSL RSA private key`, `PKCS#8`, ..., for people. */
  readonly keyFormat: string;
  /** It opens old recordings and encrypts no new ones, whatever its dates say. */
  readonly decryptOnly: boolean;
  /** A deleted one is kept for the record, without assignments. */
  readonly state: 'active' | 'deleted';
  readonly createdAt: string;
  readonly createdBy: string;
  readonly deletedAt?: string;
  readonly deletedBy?: string;
  /** When the private key was taken out of use, by a second act. */
  readonly keyRemovedAt?: string;
  /** Alias of the certificate that replaced it. */
  readonly successor?: string;
  /** The least number of days before its end of which was warned. */
  readonly warnedDays?: number;
}

/** What recordings are encrypted for: a profile of the voice platform, or the screens of the contact center. */
export type AssignmentTarget =
  { readonly kind: 'ivr-profile'; readonly name: string } | { readonly kind: 'screen-recording' };

export interface CertificateAssignment {
  readonly contactCenter: string;
  readonly target: AssignmentTarget;
  /** Aliases; every recording is encrypted for all of them. None: recorded unencrypted. */
  readonly aliases: readonly string[];
  readonly changedAt: string;
  readonly changedBy: string;
}
