import { createHash, hash as digestOf } from 'node:crypto';
import { berOctets } from '../asn1/ber-element.js';
import { readSequence, readSmallInteger } from '../asn1/ber-values.js';
import type { DerElement } from '#asn1';
import {
  des,
  rc2With128Bits,
  rc2With40Bits,
  rc2With64Bits,
  rc4With128Bits,
  rc4With40Bits,
  tripleDes,
  twoKeyTripleDes,
  type BlockCipher,
} from './block-cipher.js';
import { bmpPassword, utf8Password, type Password } from './password.js';
import { derivePkcs12, Pkcs12Purpose } from './pkcs12-key-derivation.js';
import { checkedSalt, type WorkLimit } from './work-limits.js';

interface Pbes1Scheme {
  readonly hash: string;
  readonly cipher: BlockCipher;
}

/** RFC 7292, C. */
const pkcs12Ciphers: Readonly<Record<string, BlockCipher>> = {
  '1.2.840.113549.1.12.1.1': rc4With128Bits,
  '1.2.840.113549.1.12.1.2': rc4With40Bits,
  '1.2.840.113549.1.12.1.3': tripleDes,
  '1.2.840.113549.1.12.1.4': twoKeyTripleDes,
  '1.2.840.113549.1.12.1.5': rc2With128Bits,
  '1.2.840.113549.1.12.1.6': rc2With40Bits,
};

/** RFC 8018, A.3. */
const pbes1Schemes: Readonly<Record<string, Pbes1Scheme>> = {
  '1.2.840.113549.1.5.3': { hash: 'md5', cipher: des },
  '1.2.840.113549.1.5.6': { hash: 'md5', cipher: rc2With64Bits },
  '1.2.840.113549.1.5.10': { hash: 'sha1', cipher: des },
  '1.2.840.113549.1.5.11': { hash: 'sha1', cipher: rc2With64Bits },
};

interface SaltAndIterations {
  readonly salt: Buffer;
  readonly iterations: number;
}

/** PBEParameter (RFC 8018, A.3): salt and iteration count. @throws RangeError */
export function readPbeParameter(parameters: DerElement | undefined): SaltAndIterations {
  const [salt, iterationCount] = readSequence(parameters, 'PBEParameter');
  return { salt: checkedSalt(berOctets(salt)), iterations: readSmallInteger(iterationCount, 'iterationCount') };
}

/**
 * The schemes before PBES2, which old files still use.
 * @returns undefined when the algorithm is none of them.
 * @throws RangeError, CertificateError ENCRYPTION_TOO_COSTLY; Error when the padding is wrong.
 */
export function decryptOlder(
  algorithm: string,
  parameters: DerElement | undefined,
  password: Password,
  ciphertext: Buffer,
  limit: WorkLimit,
): Buffer | undefined {
  const pkcs12Cipher = pkcs12Ciphers[algorithm];
  if (pkcs12Cipher !== undefined) {
    return decryptPkcs12(pkcs12Cipher, readPbeParameter(parameters), password, ciphertext, limit);
  }
  const scheme = pbes1Schemes[algorithm];
  return scheme === undefined
    ? undefined
    : decryptPbes1(scheme, readPbeParameter(parameters), password, ciphertext, limit);
}

function decryptPkcs12(
  cipher: BlockCipher,
  { salt, iterations }: SaltAndIterations,
  password: Password,
  ciphertext: Buffer,
  limit: WorkLimit,
): Buffer {
  limit.spendOwn(3 * iterations);
  const derivation = { hash: 'sha1', password: bmpPassword(password), salt, iterations };
  const key = derivePkcs12(derivation, Pkcs12Purpose.key, cipher.keyLength);
  const iv = derivePkcs12(derivation, Pkcs12Purpose.initialisationVector, cipher.ivLength);
  try {
    return cipher.decrypt(key, iv, ciphertext);
  } finally {
    for (const secret of [derivation.password, key, iv]) secret.fill(0);
  }
}

/** RFC 8018, 5.1 and 6.1: half of what the hash gives is the key, the other half the initialisation vector. */
function decryptPbes1(
  { hash, cipher }: Pbes1Scheme,
  { salt, iterations }: SaltAndIterations,
  password: Password,
  ciphertext: Buffer,
  limit: WorkLimit,
): Buffer {
  limit.spendOwn(iterations);
  const octets = utf8Password(password);
  let digest = createHash(hash).update(octets).update(salt).digest();
  octets.fill(0);
  for (let i = 1; i < iterations; i++) digest = digestOf(hash, digest, 'buffer');
  try {
    return cipher.decrypt(digest.subarray(0, 8), digest.subarray(8, 16), ciphertext);
  } finally {
    digest.fill(0);
  }
}
