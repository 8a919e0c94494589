import { canonicalIssuerAndSerialNumber, DerTag, isRangeError, readDerElements, type DerElement } from '#asn1';
import { withoutLeadingZeros } from './subject-key-identifier.js';

/** By what recipients of an envelope name a certificate (RFC 5652, 6.2.1), and whose it is. */
export interface CertificateNames {
  /** Name, DER as it stands in the certificate. */
  readonly issuer: Buffer;
  /** Content octets of the INTEGER. */
  readonly serialNumber: Buffer;
  /** Issuer and serial number as RFC 5280, 7.1 compares them. */
  readonly canonicalName: string;
  /** Value of the extension: a claim, which need not be made from the key. */
  readonly subjectKeyIdentifier: Buffer | undefined;
  /** Of its RSA key, without leading zeros: what ties it to a private key for certain; undefined for other keys. */
  readonly modulus: Buffer | undefined;
  /** Of its RSA key, without leading zeros. */
  readonly publicExponent: Buffer | undefined;
}

const extensionsTag = 0xa3;
/** id-ce-subjectKeyIdentifier, 2.5.29.14 */
const subjectKeyIdentifierOid = Buffer.from('551d0e', 'hex');
/** rsaEncryption, 1.2.840.113549.1.1.1 */
const rsaEncryptionOid = Buffer.from('2a864886f70d010101', 'hex');

/** @returns undefined for bytes that are no certificate: a token may hold anything. */
export function certificateNames(der: Buffer): CertificateNames | undefined {
  try {
    return read(der);
  } catch (error) {
    if (isRangeError(error)) return undefined;
    throw error;
  }
}

function read(der: Buffer): CertificateNames | undefined {
  const fields = inside(inside(readDerElements(der)[0])[0]);
  if (fields[0]?.tag === DerTag.version) fields.shift();
  const [serialNumber, , issuer, , , publicKey] = fields;
  if (serialNumber === undefined || issuer === undefined) return undefined;
  const name = { issuer: Buffer.from(issuer.encoded), serialNumber: Buffer.from(serialNumber.content) };
  return {
    ...name,
    canonicalName: canonicalIssuerAndSerialNumber(name),
    subjectKeyIdentifier: keyIdentifierExtension(fields.find(({ tag }) => tag === extensionsTag)),
    ...rsaNumbers(publicKey),
  };
}

/** Of a SubjectPublicKeyInfo (RFC 5280, 4.1; RFC 3279, 2.3.1). */
function rsaNumbers(publicKeyInfo: DerElement | undefined): Pick<CertificateNames, 'modulus' | 'publicExponent'> {
  const [algorithm, bits] = inside(publicKeyInfo);
  if (inside(algorithm)[0]?.content.equals(rsaEncryptionOid) !== true || bits?.tag !== DerTag.bitString)
    return { modulus: undefined, publicExponent: undefined };
  const [modulus, publicExponent] = inside(readDerElements(bits.content.subarray(1))[0]).map(({ content }) =>
    Buffer.from(withoutLeadingZeros(content)),
  );
  return { modulus, publicExponent };
}

function keyIdentifierExtension(extensions: DerElement | undefined): Buffer | undefined {
  if (extensions === undefined) return undefined;
  for (const extension of inside(inside(extensions)[0])) {
    const [identifier, ...rest] = inside(extension);
    if (identifier?.content.equals(subjectKeyIdentifierOid) !== true) continue;
    const value = inside(rest.at(-1))[0];
    return value === undefined ? undefined : Buffer.from(value.content);
  }
  return undefined;
}

const inside = (element: DerElement | undefined): DerElement[] =>
  element === undefined ? [] : readDerElements(element.content);
