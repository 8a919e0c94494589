import * as pkcs11 from 'pkcs11js';

/** How a private key of recordings lives in the token, however it got there: nobody reads it, nobody takes it out. */
export function privateKeyTemplate(id: Buffer, label: string, usage: { readonly sign: boolean }): pkcs11.Template {
  return [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
    { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_RSA },
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_PRIVATE, value: true },
    { type: pkcs11.CKA_SENSITIVE, value: true },
    { type: pkcs11.CKA_EXTRACTABLE, value: false },
    { type: pkcs11.CKA_DECRYPT, value: true },
    { type: pkcs11.CKA_SIGN, value: usage.sign },
    { type: pkcs11.CKA_UNWRAP, value: false },
    { type: pkcs11.CKA_ID, value: id },
    { type: pkcs11.CKA_LABEL, value: label },
  ];
}

/** A certificate, told apart from others by its label, tied to its key by CKA_ID. */
export interface CertificateToStore {
  /** `<contact center>/<alias>` */
  readonly label: string;
  /** SHA-1 of the public key (RFC 5280, 4.2.1.2, method 1). */
  readonly keyIdentifier: Buffer;
  readonly certificateDer: Buffer;
  /** DER of the certificate's subject and issuer Names, and content octets of its serial number. */
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly serialNumber: Buffer;
}

export function certificateTemplate(certificate: CertificateToStore): pkcs11.Template {
  const { keyIdentifier, label, subject, issuer, serialNumber, certificateDer } = certificate;
  return [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_CERTIFICATE },
    { type: pkcs11.CKA_CERTIFICATE_TYPE, value: pkcs11.CKC_X_509 },
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_PRIVATE, value: false },
    { type: pkcs11.CKA_ID, value: keyIdentifier },
    { type: pkcs11.CKA_LABEL, value: label },
    { type: pkcs11.CKA_SUBJECT, value: subject },
    { type: pkcs11.CKA_ISSUER, value: issuer },
    { type: pkcs11.CKA_SERIAL_NUMBER, value: Buffer.concat([Buffer.of(0x02, serialNumber.length), serialNumber]) },
    { type: pkcs11.CKA_VALUE, value: certificateDer },
  ];
}
