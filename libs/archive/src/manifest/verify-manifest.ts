import { hash, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { readDerElements, type DerElement } from '#asn1';
import { assemble } from './sign-manifest.js';
import { identifiers, tags } from './signature-elements.js';

/** Why a signature proves nothing. */
export class SignatureRefused extends Error {
  override readonly name = 'SignatureRefused';
}

export interface VerifiedSignature {
  readonly signer: X509Certificate;
  readonly signedAt: Date;
}

/**
 * Checks the detached signature of a manifest. The certificate of the signer must be of one of the authorities, and have
 * been valid at the signing; who it is of is for the caller to judge.
 * @throws SignatureRefused
 */
export function verifyManifest(
  manifest: Buffer,
  signature: Buffer,
  authorities: readonly X509Certificate[],
): VerifiedSignature {
  try {
    return judge(manifest, signature, authorities);
  } catch (error) {
    if (error instanceof SignatureRefused) throw error;
    throw new SignatureRefused('it cannot be read', { cause: error });
  }
}

function judge(manifest: Buffer, signature: Buffer, authorities: readonly X509Certificate[]): VerifiedSignature {
  const { certificate, attributes, signed } = takeApart(signature);
  const value = (type: Buffer): DerElement | undefined => attributes.find(([name]) => name.equals(type))?.[1];
  if (!value(identifiers.contentType)?.encoded.equals(identifiers.archiveManifest))
    throw new SignatureRefused('it is the signature of something else than a manifest');
  const digest = value(identifiers.messageDigest)?.content ?? Buffer.alloc(0);
  const actual = Buffer.from(hash('sha256', manifest, 'hex'), 'hex');
  if (digest.length !== actual.length || !timingSafeEqual(digest, actual))
    throw new SignatureRefused('it is the signature of another manifest');
  const signer = new X509Certificate(certificate);
  const issuer = authorities.find(({ publicKey, subject }) => signer.issuer === subject && signer.verify(publicKey));
  if (issuer === undefined)
    throw new SignatureRefused(`none of the authorities issued the certificate of ${signer.subject}`);
  const attributesAsSet = Buffer.from(signed.attributes);
  attributesAsSet[0] = tags.set;
  if (!verify('sha256', attributesAsSet, signer.publicKey, signed.signature))
    throw new SignatureRefused('the signature is wrong');
  const whole = assemble({
    certificate,
    attributes: attributes.map(([, , encoded]) => encoded),
    signature: signed.signature,
  });
  if (!whole.equals(signature)) throw new SignatureRefused('it is not in the form of archives');
  const signedAt = timeOf(value(identifiers.signingTime));
  for (const one of [signer, issuer]) {
    if (signedAt < new Date(one.validFrom) || signedAt > new Date(one.validTo))
      throw new SignatureRefused(`the certificate of ${one.subject} was not valid when it was signed`);
  }
  return { signer, signedAt };
}

/** Type, value, and the attribute as it stands there. */
type Attribute = readonly [type: Buffer, value: DerElement, encoded: Buffer];

interface Parts {
  readonly certificate: Buffer;
  readonly attributes: readonly Attribute[];
  readonly signed: { readonly attributes: Buffer; readonly signature: Buffer };
}

/** Exactly what `signManifest` writes. */
function takeApart(signature: Buffer): Parts {
  const contentInfo = within(only(readDerElements(signature)), tags.sequence);
  if (!contentInfo[0]?.encoded.equals(identifiers.signedData)) throw new SignatureRefused('it is no SignedData');
  const signedData = within(only(within(contentInfo[1], tags.context0)), tags.sequence);
  const [, , encapsulated, certificates, signers] = signedData;
  if (!within(encapsulated, tags.sequence)[0]?.encoded.equals(identifiers.archiveManifest))
    throw new SignatureRefused('it is the signature of something else than a manifest');
  const [, , , attributes, , value] = within(only(within(signers, tags.set)), tags.sequence);
  if (attributes === undefined || value?.tag !== tags.octetString)
    throw new SignatureRefused('it is not in the form of archives');
  return {
    certificate: only(within(certificates, tags.context0)).encoded,
    attributes: within(attributes, tags.context0).map(attributeOf),
    signed: { attributes: attributes.encoded, signature: value.content },
  };
}

function attributeOf(element: DerElement): Attribute {
  const [type, values] = within(element, tags.sequence);
  if (type === undefined) throw new SignatureRefused('an attribute has no type');
  return [type.encoded, only(within(values, tags.set)), element.encoded];
}

function within(element: DerElement | undefined, tag: number): DerElement[] {
  if (element?.tag !== tag) throw new SignatureRefused('it is not in the form of archives');
  return readDerElements(element.content);
}

function only(elements: readonly DerElement[]): DerElement {
  const [first] = elements;
  if (first === undefined || elements.length > 1) throw new SignatureRefused('it is not in the form of archives');
  return first;
}

function timeOf(element: DerElement | undefined): Date {
  const digits = element?.content.toString('latin1') ?? '';
  const full = element?.tag === tags.utcTime ? `${digits < '50' ? '20' : '19'}${digits}` : digits;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  if (parts === null) throw new SignatureRefused('it does not say when it was made');
  const [, year, month, day, hours, minutes, seconds] = parts;
  return new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
}
