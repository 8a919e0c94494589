import type { Handle } from 'pkcs11js';

/**
 * A private RSA key of the token, with a certificate that lies beside it. A key with several certificates appears once
 * for each, because each may have its own label.
 */
export interface TokenKey {
  /** Subject key identifier (RFC 5280, 4.2.1.2, method 1); also its CKA_ID when it was made here. */
  readonly id: Buffer;
  /** Of the certificate, else of the key. */
  readonly label: string;
  /** Valid as long as the login; the token object finds the present one by `id`. */
  readonly handle: Handle;
  readonly modulus: Buffer;
  readonly publicExponent: Buffer;
  /** DER; undefined for a key without a certificate. */
  readonly certificate: Buffer | undefined;
  /** DER of the issuer's Name and content octets of the serial number, when there is a certificate. */
  readonly issuer: Buffer | undefined;
  readonly serialNumber: Buffer | undefined;
  /** Both as RFC 5280, 7.1 compares them. */
  readonly canonicalName: string | undefined;
}

/** How a recipient of an envelope names its key (RFC 5652, 6.2.1). No such name is unique. */
export type KeySelector =
  | { readonly type: 'issuer-and-serial-number'; readonly issuer: Buffer; readonly serialNumber: Buffer }
  | { readonly type: 'subject-key-identifier'; readonly keyIdentifier: Buffer };
