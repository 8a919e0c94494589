import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { derEncode, unsignedInteger } from '#asn1';

const integer = 0x02;
const sequence = 0x30;

/** SHA-1 over the RSAPublicKey, which is the content of subjectPublicKey (RFC 5280, 4.2.1.2, method 1). */
export function subjectKeyIdentifier(modulus: Buffer, publicExponent: Buffer): Buffer {
  const numbers = [modulus, publicExponent].map(number => derEncode(integer, unsignedInteger(number)));
  return createHash('sha1')
    .update(derEncode(sequence, ...numbers))
    .digest();
}

/** An RSA public key from its two numbers, big-endian. */
export function rsaPublicKey(modulus: Buffer, publicExponent: Buffer): KeyObject {
  const [n, e] = [modulus.toString('base64url'), publicExponent.toString('base64url')];
  return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
}

/** A number without leading zeros, as modules give it with or without them. */
export function withoutLeadingZeros(number: Buffer): Buffer {
  const first = number.findIndex(octet => octet !== 0);
  return first === -1 ? number.subarray(0, 0) : number.subarray(first);
}
