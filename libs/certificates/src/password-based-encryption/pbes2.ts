import { scryptSync } from 'node:crypto';
import { berOctets } from '../asn1/ber-element.js';
import {
  readAlgorithmIdentifier,
  readSequence,
  readSmallInteger,
  type AlgorithmIdentifier,
} from '../asn1/ber-values.js';
import type { DerElement } from '#asn1';
import { aes128, aes192, aes256, des, tripleDes, type BlockCipher } from './block-cipher.js';
import { utf8Password, type Password } from './password.js';
import { derivePbkdf2 } from './pbkdf2.js';
import { UnsupportedEncryption } from './unsupported-encryption.js';
import { checkedSalt, type WorkLimit } from './work-limits.js';

const pbkdf2 = '1.2.840.113549.1.5.12';
const scrypt = '1.3.6.1.4.1.11591.4.11';
const ciphers: Readonly<Record<string, BlockCipher>> = {
  '2.16.840.1.101.3.4.1.2': aes128,
  '2.16.840.1.101.3.4.1.22': aes192,
  '2.16.840.1.101.3.4.1.42': aes256,
  '1.2.840.113549.3.7': tripleDes,
  '1.3.14.3.2.7': des,
};

/**
 * PBES2 (RFC 8018, 6.2): what openssl and keytool write today.
 * @throws RangeError, UnsupportedEncryption, CertificateError ENCRYPTION_TOO_COSTLY; Error when the padding is wrong.
 */
export function decryptPbes2(
  parameters: DerElement | undefined,
  password: Password,
  ciphertext: Buffer,
  limit: WorkLimit,
): Buffer {
  const [derivation, encryption] = readSequence(parameters, 'PBES2-params');
  const scheme = readAlgorithmIdentifier(encryption, 'encryptionScheme');
  const cipher = ciphers[scheme.algorithm];
  if (cipher === undefined) throw new UnsupportedEncryption(scheme.algorithm);
  const iv = berOctets(scheme.parameters);
  if (iv.length !== cipher.ivLength) throw new RangeError('the initialisation vector has a wrong length');
  const key = derive(readAlgorithmIdentifier(derivation, 'keyDerivationFunc'), password, cipher.keyLength, limit);
  try {
    return cipher.decrypt(key, iv, ciphertext);
  } finally {
    key.fill(0);
  }
}

function derive(
  { algorithm, parameters }: AlgorithmIdentifier,
  password: Password,
  length: number,
  limit: WorkLimit,
): Buffer {
  const octets = utf8Password(password);
  try {
    if (algorithm === pbkdf2) return derivePbkdf2(parameters, octets, length, limit);
    if (algorithm === scrypt) return deriveScrypt(parameters, octets, length, limit);
    throw new UnsupportedEncryption(algorithm);
  } finally {
    octets.fill(0);
  }
}

/** RFC 7914, 7. */
function deriveScrypt(parameters: DerElement | undefined, password: Buffer, length: number, limit: WorkLimit): Buffer {
  const [salt, ...numbers] = readSequence(parameters, 'scrypt-params');
  const [cost, blockSize, parallelization] = ['costParameter', 'blockSize', 'parallelizationParameter'].map(
    (name, index) => readSmallInteger(numbers[index], name),
  ) as [number, number, number];
  if (cost < 2 || (cost & (cost - 1)) !== 0 || blockSize === 0 || parallelization === 0) {
    throw new RangeError('the numbers of scrypt are wrong');
  }
  const maxmem = limit.spendScrypt(cost, blockSize, parallelization);
  return scryptSync(password, checkedSalt(berOctets(salt)), length, {
    cost,
    blockSize,
    parallelization,
    maxmem,
  });
}
