import { createHash, sign, type KeyObject } from 'node:crypto';
import { derEncode, readDerElements } from '#asn1';

export interface CertificateWish {
  /** DER of the issuer's Name; the subject is the same. */
  readonly issuer: Buffer;
  /** Content octets of the INTEGER. */
  readonly serialNumber: Buffer;
  readonly publicKey: KeyObject;
  /** What the extension says, whatever the key; no extension without it. */
  readonly subjectKeyIdentifier?: Buffer;
  /** Who signs: anybody, as in an authority of one's own. */
  readonly signer: KeyObject;
}

const [sequence, set, integer, utf8String, printableString, utcTime] = [0x30, 0x31, 0x02, 0x0c, 0x13, 0x17];
const commonName = Buffer.from('0603550403', 'hex');
const sha256WithRsa = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
const subjectKeyIdentifierOid = Buffer.from('0603551d0e', 'hex');

/** A Name with one common name, as one of the types of string. */
export const nameOf = (text: string, type: 'utf8' | 'printable' = 'utf8'): Buffer =>
  derEncode(
    sequence,
    derEncode(
      set,
      derEncode(sequence, commonName, derEncode(type === 'utf8' ? utf8String : printableString, Buffer.from(text))),
    ),
  );

/** A certificate that claims whatever it is told to claim: what somebody with `openssl` and ill will, or bad luck, makes. */
export function namedCertificate(wish: CertificateWish): Buffer {
  const { issuer, serialNumber, publicKey, subjectKeyIdentifier, signer } = wish;
  const validity = ['200101000000Z', '400101000000Z'].map(time => derEncode(utcTime, Buffer.from(time)));
  const toBeSigned = derEncode(
    sequence,
    derEncode(0xa0, derEncode(integer, Buffer.of(2))),
    derEncode(integer, serialNumber),
    sha256WithRsa,
    issuer,
    derEncode(sequence, ...validity),
    issuer,
    publicKey.export({ format: 'der', type: 'spki' }),
    ...(subjectKeyIdentifier === undefined ? [] : [extensions(subjectKeyIdentifier)]),
  );
  const signature = sign('sha256', toBeSigned, signer);
  return derEncode(sequence, toBeSigned, sha256WithRsa, derEncode(0x03, Buffer.of(0), signature));
}

/** SHA-1 over the subjectPublicKey (RFC 5280, 4.2.1.2, method 1). */
export function ownIdentifier(publicKey: KeyObject): Buffer {
  const [info] = readDerElements(publicKey.export({ format: 'der', type: 'spki' }));
  const [, bits] = readDerElements(info?.content ?? Buffer.alloc(0));
  return createHash('sha1')
    .update(bits?.content.subarray(1) ?? Buffer.alloc(0))
    .digest();
}

function extensions(keyIdentifier: Buffer): Buffer {
  const value = derEncode(0x04, derEncode(0x04, keyIdentifier));
  return derEncode(0xa3, derEncode(sequence, derEncode(sequence, subjectKeyIdentifierOid, value)));
}
