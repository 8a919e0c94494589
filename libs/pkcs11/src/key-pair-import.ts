import { X509Certificate } from 'node:crypto';
import * as pkcs11 from 'pkcs11js';
import { rsaPrivateKeyOf, wipe } from './rsa-private-key.js';
import { TokenError, toTokenError } from './token-error.js';
import { readKeys } from './token-keys.js';

export interface KeyPairImport {
  readonly label: string;
  /** SHA-1 of the public key (RFC 5280, 4.2.1.2, method 1). */
  readonly keyIdentifier: Buffer;
  /** Unencrypted PKCS#8 DER; the caller zeroes it. */
  readonly pkcs8: Buffer;
  readonly certificateDer: Buffer;
  /** DER of the certificate's subject and issuer Names, and content octets of its serial number. */
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly serialNumber: Buffer;
}

const minimumModulusBytes = 256;

/**
 * Creates the private key (sensitive, not extractable, for decryption alone) and the certificate object beside it. The
 * same pair again changes nothing. Answers whether a key was created.
 * @throws TokenError refused when key and certificate cannot be used together.
 */
export function importKeyPair(library: pkcs11.PKCS11, session: pkcs11.Handle, pair: KeyPairImport): boolean {
  const existing = readKeys(library, session).find(key => key.id.equals(pair.keyIdentifier));
  if (existing?.certificate?.equals(pair.certificateDer) === true) return false;
  const made: pkcs11.Handle[] = [];
  try {
    if (existing === undefined) made.push(createPrivateKey(library, session, pair));
    made.push(library.C_CreateObject(session, certificateTemplate(pair)));
    return existing === undefined;
  } catch (error) {
    for (const handle of made) library.C_DestroyObject(session, handle);
    throw toTokenError(error, 'importing a key');
  }
}

function createPrivateKey(library: pkcs11.PKCS11, session: pkcs11.Handle, pair: KeyPairImport): pkcs11.Handle {
  const key = rsaPrivateKeyOf(pair.pkcs8);
  try {
    if (key.modulus.length < minimumModulusBytes)
      throw new TokenError('refused', 'the RSA key has less than 2048 bits');
    checkBelongs(key.modulus, pair.certificateDer);
    return library.C_CreateObject(session, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY },
      { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_RSA },
      { type: pkcs11.CKA_TOKEN, value: true },
      { type: pkcs11.CKA_PRIVATE, value: true },
      { type: pkcs11.CKA_SENSITIVE, value: true },
      { type: pkcs11.CKA_EXTRACTABLE, value: false },
      { type: pkcs11.CKA_DECRYPT, value: true },
      { type: pkcs11.CKA_SIGN, value: false },
      { type: pkcs11.CKA_UNWRAP, value: false },
      { type: pkcs11.CKA_ID, value: pair.keyIdentifier },
      { type: pkcs11.CKA_LABEL, value: pair.label },
      { type: pkcs11.CKA_MODULUS, value: key.modulus },
      { type: pkcs11.CKA_PUBLIC_EXPONENT, value: key.publicExponent },
      { type: pkcs11.CKA_PRIVATE_EXPONENT, value: key.privateExponent },
      { type: pkcs11.CKA_PRIME_1, value: key.prime1 },
      { type: pkcs11.CKA_PRIME_2, value: key.prime2 },
      { type: pkcs11.CKA_EXPONENT_1, value: key.exponent1 },
      { type: pkcs11.CKA_EXPONENT_2, value: key.exponent2 },
      { type: pkcs11.CKA_COEFFICIENT, value: key.coefficient },
    ]);
  } finally {
    wipe(key);
  }
}

function certificateTemplate(pair: KeyPairImport): pkcs11.Template {
  return [
    { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_CERTIFICATE },
    { type: pkcs11.CKA_CERTIFICATE_TYPE, value: pkcs11.CKC_X_509 },
    { type: pkcs11.CKA_TOKEN, value: true },
    { type: pkcs11.CKA_PRIVATE, value: false },
    { type: pkcs11.CKA_ID, value: pair.keyIdentifier },
    { type: pkcs11.CKA_LABEL, value: pair.label },
    { type: pkcs11.CKA_SUBJECT, value: pair.subject },
    { type: pkcs11.CKA_ISSUER, value: pair.issuer },
    {
      type: pkcs11.CKA_SERIAL_NUMBER,
      value: Buffer.concat([Buffer.of(0x02, pair.serialNumber.length), pair.serialNumber]),
    },
    { type: pkcs11.CKA_VALUE, value: pair.certificateDer },
  ];
}

function checkBelongs(modulus: Buffer, certificateDer: Buffer): void {
  const { n } = new X509Certificate(certificateDer).publicKey.export({ format: 'jwk' });
  if (n !== undefined && Buffer.from(n, 'base64url').equals(modulus)) return;
  throw new TokenError('refused', 'the private key does not belong to the certificate');
}
