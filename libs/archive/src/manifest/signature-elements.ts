import { derEncode } from '#asn1';

/** Object identifiers of a signature of a manifest, encoded. */
export const identifiers = {
  signedData: Buffer.from('06092a864886f70d010702', 'hex'),
  sha256: Buffer.from('0609608648016503040201', 'hex'),
  ecdsaWithSha256: Buffer.from('06082a8648ce3d040302', 'hex'),
  contentType: Buffer.from('06092a864886f70d010903', 'hex'),
  messageDigest: Buffer.from('06092a864886f70d010904', 'hex'),
  signingTime: Buffer.from('06092a864886f70d010905', 'hex'),
  /**
   * 2.25.82184502100697290484805972609748137664 (X.667): the content is a manifest of an archive. What is signed names it,
   * so that no signature of another kind passes for one of a manifest, and none of a manifest for another kind.
   */
  archiveManifest: Buffer.from('061369fbd494b2f1e8a2ffbbbcbda881fa90aded40', 'hex'),
} as const;

export const tags = {
  integer: 0x02,
  octetString: 0x04,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const;

export const sequence = (...content: readonly Buffer[]): Buffer => derEncode(tags.sequence, ...content);
/** SET OF in the order of DER (X.690, 11.6). */
export const setOf = (tag: number, elements: readonly Buffer[]): Buffer =>
  derEncode(tag, ...[...elements].sort((a, b) => Buffer.compare(a, b)));
export const attribute = (type: Buffer, value: Buffer): Buffer => sequence(type, derEncode(tags.set, value));

/** Time of RFC 5652, 11.3: two digits of the year until 2049. */
export function encodeTime(time: Date): Buffer {
  const digits = time.toISOString().replace(/[-:T]|\.\d+/g, '');
  const isShort = time.getUTCFullYear() >= 1950 && time.getUTCFullYear() < 2050;
  const [tag, text] = isShort ? [tags.utcTime, digits.slice(2)] : [tags.generalizedTime, digits];
  return derEncode(tag, Buffer.from(text, 'latin1'));
}
