/** A key pair of the local key manager; the private key is in the token. */
export interface LocalKeyPair {
  /** UUID (RFC 9562). */
  readonly id: string;
  /** Subject key identifier in the token, hex. */
  readonly keyIdentifier: string;
  /** RSAPublicKey (RFC 8017 appendix A.1.1), base64 DER. */
  readonly publicKey: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly dateCreated: number;
}
