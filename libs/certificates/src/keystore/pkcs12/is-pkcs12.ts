import { DerTag } from '#asn1';

/** A SEQUENCE that begins with the version 3, which nothing else does that lies in such places. */
export function isPkcs12(file: Buffer): boolean {
  if (file[0] !== DerTag.sequence) return false;
  const lengthOctets = (file[1] ?? 0) > 0x80 ? (file[1] ?? 0) & 0x7f : 0;
  return file.subarray(2 + lengthOctets, 5 + lengthOctets).equals(Buffer.of(DerTag.integer, 1, 3));
}
