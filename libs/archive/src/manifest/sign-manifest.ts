import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { derEncode } from '#asn1';
import { parseCertificateDer } from '#certificates';
import { attribute, encodeTime, identifiers, sequence, setOf, tags } from './signature-elements.js';

/** Who signs: an identity with a key on the curve P-256. */
export interface ManifestSigner {
  readonly certificatePem: Buffer;
  readonly keyPem: Buffer;
}

/**
 * A detached signature of a manifest: SignedData (RFC 5652, 5) with the certificate of the signer, DER.
 * @param digest SHA-256 of the manifest.
 */
export function signManifest(digest: Buffer, { certificatePem, keyPem }: ManifestSigner, time: Date): Buffer {
  const attributes = [
    attribute(identifiers.contentType, identifiers.archiveManifest),
    attribute(identifiers.messageDigest, derEncode(tags.octetString, digest)),
    attribute(identifiers.signingTime, encodeTime(time)),
  ];
  // What is signed carries the tag SET OF instead of [0] (5.4).
  const signature = sign('sha256', setOf(tags.set, attributes), createPrivateKey(keyPem));
  return assemble({ certificate: new X509Certificate(certificatePem).raw, attributes, signature });
}

/** What a signature is made of. */
export interface SignatureParts {
  /** DER, of the signer. */
  readonly certificate: Buffer;
  readonly attributes: readonly Buffer[];
  readonly signature: Buffer;
}

/** SignedData, DER. */
export function assemble({ certificate, attributes, signature }: SignatureParts): Buffer {
  const { issuerDer, serialNumberOctets } = parseCertificateDer(certificate);
  const sha256 = sequence(identifiers.sha256);
  const version = (value: number): Buffer => derEncode(tags.integer, Buffer.of(value));
  const signerInfo = sequence(
    version(1),
    sequence(issuerDer, derEncode(tags.integer, serialNumberOctets)),
    sha256,
    setOf(tags.context0, attributes),
    sequence(identifiers.ecdsaWithSha256),
    derEncode(tags.octetString, signature),
  );
  const signedData = sequence(
    version(3),
    derEncode(tags.set, sha256),
    sequence(identifiers.archiveManifest),
    derEncode(tags.context0, certificate),
    derEncode(tags.set, signerInfo),
  );
  return sequence(identifiers.signedData, derEncode(tags.context0, signedData));
}
