import { pbkdf2Sync } from 'node:crypto';
import { readAlgorithmIdentifier, readSequence, readSmallInteger } from '../asn1/ber-values.js';
import { berOctets } from '../asn1/ber-element.js';
import { DerTag, type DerElement } from '#asn1';
import { UnsupportedEncryption } from './unsupported-encryption.js';
import { checkedSalt, type WorkLimit } from './work-limits.js';

/** Hash of an HMAC by its object identifier (RFC 8018, B.1.2). */
export const hmacHashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
  '1.2.840.113549.2.12': 'sha512-224',
  '1.2.840.113549.2.13': 'sha512-256',
};
const defaultHash = 'sha1';
const longestKey = 64;

/**
 * PBKDF2 with the parameters of its AlgorithmIdentifier (RFC 8018, A.2).
 * @param neededLength octets; the parameters may leave it open but not contradict it. The caller overwrites the result.
 * @throws RangeError, UnsupportedEncryption, CertificateError ENCRYPTION_TOO_COSTLY
 */
export function derivePbkdf2(
  parameters: DerElement | undefined,
  password: Buffer,
  neededLength: number | undefined,
  limit: WorkLimit,
): Buffer {
  const [salt, iterationCount, ...rest] = readSequence(parameters, 'PBKDF2-params');
  const keyLength = rest[0]?.tag === DerTag.integer ? readSmallInteger(rest.shift(), 'keyLength') : neededLength;
  if (keyLength === undefined || keyLength > longestKey || (neededLength ?? keyLength) !== keyLength) {
    throw new RangeError('the key length does not fit the cipher');
  }
  const iterations = readSmallInteger(iterationCount, 'iterationCount');
  limit.spendNative(iterations);
  return pbkdf2Sync(password, checkedSalt(berOctets(salt)), iterations, keyLength, hashOf(rest[0]));
}

function hashOf(prf: DerElement | undefined): string {
  if (prf === undefined) return defaultHash;
  const { algorithm } = readAlgorithmIdentifier(prf, 'prf');
  const hash = hmacHashes[algorithm];
  if (hash === undefined) throw new UnsupportedEncryption(algorithm);
  return hash;
}
