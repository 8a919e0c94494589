import { DerTag, readDerElements, type DerElement } from '#asn1';

/** Parts of a certificate whose exact bytes matter: recipients are matched by them. */
export interface CertificateFields {
  readonly serialNumberOctets: Buffer;
  readonly issuerDer: Buffer;
  readonly subjectDer: Buffer;
  /** subjectPublicKey without the octet of unused bits. */
  readonly subjectPublicKey: Buffer;
}

/**
 * Walks Certificate and TBSCertificate (RFC 5280, 4.1).
 * @throws RangeError when the structure is another.
 */
export function readCertificateFields(der: Buffer): CertificateFields {
  const [certificate] = readDerElements(der);
  const [toBeSigned] = readDerElements(sequence(certificate, 'Certificate').content);
  const fields = readDerElements(sequence(toBeSigned, 'TBSCertificate').content);
  if (fields[0]?.tag === DerTag.version) fields.shift();
  const [serialNumber, , issuer, , subject, publicKeyInfo] = fields;
  if (serialNumber?.tag !== DerTag.integer || serialNumber.content.length === 0) {
    throw new RangeError('no serial number');
  }
  const [, publicKey] = readDerElements(sequence(publicKeyInfo, 'SubjectPublicKeyInfo').content);
  if (publicKey?.tag !== DerTag.bitString || publicKey.content[0] !== 0) throw new RangeError('no subjectPublicKey');
  return {
    serialNumberOctets: Buffer.from(serialNumber.content),
    issuerDer: Buffer.from(sequence(issuer, 'issuer').encoded),
    subjectDer: Buffer.from(sequence(subject, 'subject').encoded),
    subjectPublicKey: publicKey.content.subarray(1),
  };
}

function sequence(element: DerElement | undefined, name: string): DerElement {
  if (element?.tag !== DerTag.sequence) throw new RangeError(`${name} is no SEQUENCE`);
  return element;
}
