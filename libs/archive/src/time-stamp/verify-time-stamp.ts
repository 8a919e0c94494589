import { hash } from 'node:crypto';
import type { Attribute } from '@peculiar/asn1-cms';
import type { TSTInfo } from '@peculiar/asn1-tsp';
import { readDerElements } from '#asn1';
import { CertificateError, parseCertificateDer, validateCertificatePath, type CertificateInfo } from '#certificates';
import { hashIn } from './stamp-hashes.js';
import { digestBy, isSigned } from './stamp-signature.js';
import { encodedTstInfo, timeStampParts, type TimeStampParts } from './time-stamp-parts.js';
import { TimeStampRefused } from './time-stamp-refused.js';
import { sha256Oid } from './time-stamp-request.js';

/** What an authority vouches for. */
export interface VerifiedTimeStamp {
  /** When the bytes were there. */
  readonly time: Date;
  /** Subject of the certificate that signed. */
  readonly authority: string;
  /** Of the stamp, hexadecimal. */
  readonly serialNumber: string;
  /** Object identifier of the rules by which it was given. */
  readonly policy: string;
}

export interface StampedBytes {
  readonly stamped: Buffer;
  /** Of the request, where the answer is to one. */
  readonly nonce?: Buffer;
  /** Who may vouch for the authority. */
  readonly authorities: readonly CertificateInfo[];
}

const attributes = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  /** RFC 2634, 5.4, with SHA-1, and RFC 5035, 3. */
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

/**
 * Checks an answer of a time-stamping authority (RFC 3161, 2.4.2; RFC 5816): that it is of these bytes, answers this
 * request, and was signed by a key for time stamps, whose certificate was valid then and leads to one of the authorities.
 * @throws TimeStampRefused
 */
export function verifyTimeStamp(response: Buffer, bytes: StampedBytes): VerifiedTimeStamp {
  try {
    return judge(timeStampParts(response), bytes);
  } catch (error) {
    if (error instanceof TimeStampRefused) throw error;
    if (error instanceof CertificateError) throw new TimeStampRefused(error.message, { cause: error });
    throw new TimeStampRefused('it cannot be read', { cause: error });
  }
}

function judge(parts: TimeStampParts, { stamped, nonce, authorities }: StampedBytes): VerifiedTimeStamp {
  const { info } = parts;
  judgeInfo(info, stamped, nonce);
  const certificates = parts.certificates.map(der => parseCertificateDer(der));
  const signer = signerAmong(certificates, parts);
  judgeSignature(parts, signer);
  const intermediates = certificates.filter(one => one !== signer);
  const way = { intermediates, roots: authorities, allowSelfSigned: false, purpose: 'time-stamping' } as const;
  validateCertificatePath(signer, { ...way, at: info.genTime });
  return {
    time: info.genTime,
    authority: signer.subjectDn,
    serialNumber: Buffer.from(info.serialNumber).toString('hex'),
    policy: info.policy,
  };
}

function judgeInfo(info: TSTInfo, stamped: Buffer, nonce: Buffer | undefined): void {
  const { messageImprint, extensions } = info;
  const version: number = info.version;
  if (version !== 1) throw new TimeStampRefused('it is of another version');
  const digest = Buffer.from(messageImprint.hashedMessage.buffer);
  if (messageImprint.hashAlgorithm.algorithm !== sha256Oid || !digest.equals(hash('sha256', stamped, 'buffer')))
    throw new TimeStampRefused('it is of something else');
  if (nonce !== undefined && !(info.nonce !== undefined && nonce.equals(Buffer.from(info.nonce))))
    throw new TimeStampRefused('it answers another request');
  const unknown = [...(extensions ?? [])].find(({ critical }) => critical);
  if (unknown !== undefined)
    throw new TimeStampRefused(`it has the critical extension ${unknown.extnID}, which is not supported`);
}

/** By issuer and serial number, or by key identifier. */
function signerAmong(certificates: readonly CertificateInfo[], { signer: { sid } }: TimeStampParts): CertificateInfo {
  const { issuerAndSerialNumber: named, subjectKeyIdentifier: key } = sid;
  const found = certificates.find(({ serialNumberOctets, subjectKeyIdentifier }) =>
    named === undefined
      ? key !== undefined && subjectKeyIdentifier?.equals(Buffer.from(key.buffer)) === true
      : serialNumberOctets.equals(Buffer.from(named.serialNumber)),
  );
  if (found === undefined) throw new TimeStampRefused('the certificate of its signer is not in it');
  return found;
}

function judgeSignature(parts: TimeStampParts, certificate: CertificateInfo): void {
  const { signer, signedAttributes, content } = parts;
  const type = valueOf(signer.signedAttrs, attributes.contentType);
  if (!type?.equals(encodedTstInfo)) throw new TimeStampRefused('what is signed is no time stamp');
  const [digest] = readDerElements(valueOf(signer.signedAttrs, attributes.messageDigest) ?? Buffer.alloc(0));
  if (!digest?.content.equals(digestBy(signer, content)))
    throw new TimeStampRefused('its content is not what was signed');
  if (!namesCertificate(parts, certificate)) throw new TimeStampRefused('its signature names another certificate');
  if (!isSigned(signer, signedAttributes, certificate.publicKey)) throw new TimeStampRefused('its signature is wrong');
}

/** The only value of an attribute, encoded; undefined unless it stands there once. */
function valueOf(signedAttributes: readonly Attribute[] | undefined, type: string): Buffer | undefined {
  const found = (signedAttributes ?? []).filter(({ attrType }) => attrType === type);
  const [value, ...more] = found.length === 1 ? (found[0]?.attrValues ?? []) : [];
  return value === undefined || more.length > 0 ? undefined : Buffer.from(value);
}

/** The attribute that binds a signature to one certificate (RFC 5816, 2.2): its first hash is of that. */
function namesCertificate({ signer: { signedAttrs } }: TimeStampParts, { der }: CertificateInfo): boolean {
  const v2 = valueOf(signedAttrs, attributes.signingCertificateV2);
  const v1 = valueOf(signedAttrs, attributes.signingCertificate);
  const fields = firstIdentifier(v2 ?? v1 ?? Buffer.alloc(0));
  if (v2 === undefined) return v1 !== undefined && fields[0]?.content.equals(hash('sha1', der, 'buffer')) === true;
  // The algorithm stands before the hash, unless it is SHA-256.
  const [first, second] = fields;
  if (first?.tag !== 0x30) return first?.content.equals(hash('sha256', der, 'buffer')) === true;
  const named = hashIn(first.content);
  return named !== undefined && second?.content.equals(hash(named.name, der, 'buffer')) === true;
}

/** ESSCertID or ESSCertIDv2 of the signer: the first of the first field. */
function firstIdentifier(value: Buffer) {
  const [attribute] = readDerElements(value);
  const [identifiers] = readDerElements(attribute?.content ?? Buffer.alloc(0));
  const [first] = readDerElements(identifiers?.content ?? Buffer.alloc(0));
  return readDerElements(first?.content ?? Buffer.alloc(0));
}
