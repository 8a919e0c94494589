import { createHmac, timingSafeEqual } from 'node:crypto';
import { berOctets } from '../../asn1/ber-element.js';
import {
  readAlgorithmIdentifier,
  readSequence,
  readSmallInteger,
  type AlgorithmIdentifier,
} from '../../asn1/ber-values.js';
import type { DerElement } from '#asn1';
import { bmpPassword, utf8Password, type Password } from '../../password-based-encryption/password.js';
import { derivePbkdf2, hmacHashes } from '../../password-based-encryption/pbkdf2.js';
import { derivePkcs12, Pkcs12Purpose } from '../../password-based-encryption/pkcs12-key-derivation.js';
import { UnsupportedEncryption } from '../../password-based-encryption/unsupported-encryption.js';
import { checkedSalt, type WorkLimit } from '../../password-based-encryption/work-limits.js';

const pbmac1 = '1.2.840.113549.1.5.14';
const pbkdf2 = '1.2.840.113549.1.5.12';
const hashes: Readonly<Record<string, { readonly name: string; readonly length: number }>> = {
  '1.3.14.3.2.26': { name: 'sha1', length: 20 },
  '2.16.840.1.101.3.4.2.4': { name: 'sha224', length: 28 },
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', length: 32 },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', length: 48 },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', length: 64 },
  '2.16.840.1.101.3.4.2.5': { name: 'sha512-224', length: 28 },
  '2.16.840.1.101.3.4.2.6': { name: 'sha512-256', length: 32 },
};

/**
 * Whether MacData (RFC 7292, 4) belongs to the content under this password; with PBMAC1 too (RFC 9579).
 * @param password undefined for a file that was made without any, which is something else than an empty one.
 * @throws RangeError, UnsupportedEncryption, CertificateError ENCRYPTION_TOO_COSTLY
 */
export function authenticates(
  macData: DerElement,
  content: Buffer,
  password: Password | undefined,
  limit: WorkLimit,
): boolean {
  const [mac, salt, iterationCount] = readSequence(macData, 'MacData');
  const [digestAlgorithm, digest] = readSequence(mac, 'DigestInfo');
  const algorithm = readAlgorithmIdentifier(digestAlgorithm, 'digestAlgorithm');
  const expected = berOctets(digest);
  const computed =
    algorithm.algorithm === pbmac1
      ? computePbmac1(algorithm, content, password ?? '', limit)
      : computeMac(
          algorithm.algorithm,
          checkedSalt(berOctets(salt)),
          iterationCount === undefined ? 1 : readSmallInteger(iterationCount, 'iterations'),
          content,
          password,
          limit,
        );
  return computed.length === expected.length && timingSafeEqual(computed, expected);
}

function computeMac(
  algorithm: string,
  salt: Buffer,
  iterations: number,
  content: Buffer,
  password: Password | undefined,
  limit: WorkLimit,
): Buffer {
  const hash = hashes[algorithm];
  if (hash === undefined) throw new UnsupportedEncryption(algorithm);
  limit.spendOwn(iterations);
  const text = password === undefined ? Buffer.alloc(0) : bmpPassword(password);
  const key = derivePkcs12({ hash: hash.name, password: text, salt, iterations }, Pkcs12Purpose.mac, hash.length);
  try {
    return createHmac(hash.name, key).update(content).digest();
  } finally {
    text.fill(0);
    key.fill(0);
  }
}

function computePbmac1(
  { parameters }: AlgorithmIdentifier,
  content: Buffer,
  password: Password,
  limit: WorkLimit,
): Buffer {
  const [derivation, scheme] = readSequence(parameters, 'PBMAC1-params');
  const kdf = readAlgorithmIdentifier(derivation, 'keyDerivationFunc');
  const { algorithm } = readAlgorithmIdentifier(scheme, 'messageAuthScheme');
  const hash = hmacHashes[algorithm];
  if (hash === undefined) throw new UnsupportedEncryption(algorithm);
  if (kdf.algorithm !== pbkdf2) throw new UnsupportedEncryption(kdf.algorithm);
  const text = utf8Password(password);
  const key = derivePbkdf2(kdf.parameters, text, undefined, limit);
  try {
    return createHmac(hash, key).update(content).digest();
  } finally {
    text.fill(0);
    key.fill(0);
  }
}
