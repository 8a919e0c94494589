import { createPrivateKey, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { createSelfSignedCertificate } from './self-signed-certificate.js';

const validityYears = 10;
/** dnQualifier (X.520, 6.4.1): text that tells one name from another like it. */
const dnQualifier = '2.5.4.46';

export interface KeyPairOfOldTime {
  readonly id: string;
  readonly publicKey: KeyObject;
  /** PrivateKeyInfo, DER. */
  readonly pkcs8: Buffer;
  /** When it was made, milliseconds since 1970; undefined where nobody knows. */
  readonly dateCreated: number | undefined;
}

/**
 * Tokens keep an imported key with a certificate. A key pair of a local key manager has none and needs none: this one is
 * checked by nobody and says only whose it is and when the pair was made, to the millisecond.
 * @returns PEM
 */
export function createKeyPairCertificate({ id, publicKey, pkcs8, dateCreated }: KeyPairOfOldTime): Promise<string> {
  const notBefore = new Date();
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notAfter.getFullYear() + validityYears);
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const made = dateCreated === undefined ? '' : `, ${dnQualifier}=${new Date(dateCreated).toISOString()}`;
  return createSelfSignedCertificate(
    { subject: `CN=${id}${made}`, notBefore, notAfter },
    { publicKey, sign: message => Promise.resolve(sign('sha256', message, key)) },
  );
}

/**
 * When a key pair was made, as its certificate says; milliseconds since 1970.
 * @param certificatePem empty for a key without a certificate
 */
export function keyPairCreated(certificatePem: string): number | undefined {
  if (certificatePem === '') return undefined;
  const [, time] = /^dnQualifier=(\d{4}-[\dT:.-]+Z)$/m.exec(new X509Certificate(certificatePem).subject) ?? [];
  return time === undefined ? undefined : Date.parse(time);
}
