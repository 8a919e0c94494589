import { readDerElements, type DerElement } from '#asn1';

/** By what recipients of an envelope name a certificate (RFC 5652, 6.2.1). */
export interface CertificateNames {
  /** Name, DER as it stands in the certificate. */
  readonly issuer: Buffer;
  /** Content octets of the INTEGER. */
  readonly serialNumber: Buffer;
  /** Value of the extension; it need not be made from the key as we make it. */
  readonly subjectKeyIdentifier: Buffer | undefined;
}

const versionTag = 0xa0;
const extensionsTag = 0xa3;
/** id-ce-subjectKeyIdentifier, 2.5.29.14 */
const subjectKeyIdentifierOid = Buffer.from('551d0e', 'hex');

/** @returns undefined for bytes that are no certificate: a token may hold anything. */
export function certificateNames(der: Buffer): CertificateNames | undefined {
  try {
    return read(der);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function read(der: Buffer): CertificateNames | undefined {
  const fields = inside(inside(readDerElements(der)[0])[0]);
  if (fields[0]?.tag === versionTag) fields.shift();
  const [serialNumber, , issuer] = fields;
  if (serialNumber === undefined || issuer === undefined) return undefined;
  return {
    issuer: Buffer.from(issuer.encoded),
    serialNumber: Buffer.from(serialNumber.content),
    subjectKeyIdentifier: keyIdentifierExtension(fields.find(({ tag }) => tag === extensionsTag)),
  };
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
