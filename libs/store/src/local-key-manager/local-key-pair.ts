/** A key pair of the local key manager; the private key is in the token. */
export interface LocalKeyPair {
  /** UUID (RFC 9562). */
  readonly id: string;
  /** Whose it is; absent for one from before key pairs belonged to contact centers. */
  readonly contactCenter?: string;
  /** Subject key identifier in the token, hex. */
  readonly keyIdentifier: string;
  /** RSAPublicKey (RFC 8017 appendix A.1.1), base64 DER. */
  readonly publicKey: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly dateCreated: number;
  /**
   * Whether the key's label in the token names the contact center. Key pairs from before stand there under the one name
   * that all of them had, and only the store says whose they are.
   */
  readonly labelled?: boolean;
}
