/** What a caller of the local key manager signs its requests with (Hawk). */
export interface HawkCredential {
  /** Unique inside the contact center; two contact centers may have credentials of one id, told apart by their keys. */
  readonly id: string;
  /** Whose it is; absent for one from before credentials belonged to contact centers. */
  readonly contactCenter?: string;
  /** The shared key, encrypted with the master key (`CRYPT:...`). */
  readonly encryptedKey: string;
  /** `yyyy-MM-ddTHH:mm:ss.SSSZ`, as all times here. */
  readonly createdAt: string;
  /** User name, or `invitation`, or `anyone`. */
  readonly createdBy: string;
  readonly rotatedAt?: string;
  /** The key before the last rotation, which serves a little longer so that the caller can be changed over. */
  readonly previous?: { readonly encryptedKey: string; readonly validUntil: string };
  readonly revokedAt?: string;
  readonly revokedBy?: string;
}

/** A token that registers one credential of its contact center, once. */
export interface HawkInvitation {
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string;
  readonly contactCenter: string;
  readonly expiresAt: string;
  readonly createdBy: string;
}
