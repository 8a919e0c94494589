import type { KeyObject } from 'node:crypto';

/** What a certificate says, as administrators and CMS recipients need it. */
export interface CertificateInfo {
  /** Common name of the subject; the whole subject where it has none. */
  readonly issuedTo: string;
  /** Common name of the issuer; the whole issuer where it has none. */
  readonly issuedBy: string;
  /** E-mail address in the subject, if any. */
  readonly emailAddress: string | undefined;
  /** `CN=Genesys Recording,C=US,ST=California,O=Genesys`: in the order of the certificate. */
  readonly subjectDn: string;
  readonly issuerDn: string;
  /** Decimal. */
  readonly serialNumber: string;
  /** Content octets of the INTEGER as they stand in the certificate. */
  readonly serialNumberOctets: Buffer;
  /** Name, DER as it stands in the certificate. */
  readonly subjectDer: Buffer;
  readonly issuerDer: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-1 of the public key (RFC 5280, 4.2.1.2, method 1). */
  readonly keyIdentifier: Buffer;
  /** Value of the extension, by which CMS recipients may name the certificate; it may be made in another way. */
  readonly subjectKeyIdentifier: Buffer | undefined;
  readonly publicKey: KeyObject;
  /** `rsa`, `ec`, ... as Node names it. */
  readonly publicKeyType: string;
  /** Bits of the RSA modulus; 0 for other keys. */
  readonly modulusBits: number;
  /** Basic constraints say that it may issue certificates. */
  readonly isAuthority: boolean;
  readonly der: Buffer;
  readonly pem: string;
  /** SHA-256 of the DER, lower-case hexadecimal. */
  readonly fingerprint: string;
}
