import { DerTag, derEncode, readDerElements, unsignedInteger } from '#asn1';

const numberBytes = 32;
/** Of P-256: both numbers one after the other, as JWS has them (IEEE P1363; RFC 7518, 3.4). */
export const signatureBytes = 2 * numberBytes;

/**
 * The Ecdsa-Sig-Value (RFC 3279, 2.2.3) of a signature of 64 bytes. Node takes that form with the key itself; to be told
 * of another form it wants an object around the key, and finding out what that is costs half as much as the signature.
 */
export function ecdsaSigValue(fixed: Buffer): Buffer {
  const numbers = [fixed.subarray(0, numberBytes), fixed.subarray(numberBytes)];
  return derEncode(DerTag.sequence, ...numbers.map(number => derEncode(DerTag.integer, unsignedInteger(number))));
}

/** The 64 bytes of an Ecdsa-Sig-Value that was made with a key on P-256. */
export function fixedSignature(sigValue: Buffer): Buffer {
  const fixed = Buffer.alloc(signatureBytes);
  const numbers = readDerElements(sigValue).flatMap(({ content }) => readDerElements(content));
  numbers.forEach(({ content }, place) => {
    const significant = content.subarray(-numberBytes);
    significant.copy(fixed, (place + 1) * numberBytes - significant.length);
  });
  return fixed;
}
