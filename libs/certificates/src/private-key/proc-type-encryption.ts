import { DerTag, isRangeError, readDerElements } from '#asn1';
import { createHash } from 'node:crypto';
import {
  aes128,
  aes192,
  aes256,
  des,
  rc2With128Bits,
  tripleDes,
  type BlockCipher,
} from '../password-based-encryption/block-cipher.js';
import { utf8Password, type Password } from '../password-based-encryption/password.js';
import { UnsupportedEncryption } from '../password-based-encryption/unsupported-encryption.js';
import { decodePemBlock, type PemBlock } from '../pem/pem-block.js';
import { asPrivateKeyError, malformedPrivateKey, privateKeyPasswordWrong } from './private-key-errors.js';

/** The value of `Proc-Type` (RFC 1421, 4.6.1.1); programs differ in blanks and case. */
const encryptedMark = /^4\s*,\s*ENCRYPTED$/i;
/** `DEK-Info`: cipher and initialisation vector (RFC 1421, 4.6.1.3). */
const dekInfo = /^([A-Z0-9-]{1,32})\s*,\s*([0-9A-F]{16,64})$/;
const ciphers: Readonly<Record<string, BlockCipher>> = {
  'DES-CBC': des,
  'DES-EDE3-CBC': tripleDes,
  'AES-128-CBC': aes128,
  'AES-192-CBC': aes192,
  'AES-256-CBC': aes256,
  'RC2-CBC': rc2With128Bits,
};
const saltLength = 8;

export function hasProcTypeEncryption({ headers }: PemBlock): boolean {
  return encryptedMark.test(headers.get('proc-type') ?? '');
}

/**
 * Opens a PEM block that OpenSSL encrypted in its old way: `Proc-Type: 4,ENCRYPTED` and `DEK-Info: <cipher>,<iv>`. Its
 * key derivation is one round of MD5, so that the file is worth little more than one in clear.
 * @returns RSAPrivateKey (PKCS#1), DER; the caller overwrites it.
 * @throws CertificateError PRIVATE_KEY_MALFORMED, PRIVATE_KEY_PASSWORD_WRONG, PRIVATE_KEY_ENCRYPTION_UNSUPPORTED
 */
export function openProcTypeBlock(block: PemBlock, password: Password): Buffer {
  return asPrivateKeyError(() => {
    const [, cipherName, ivText] = dekInfo.exec(block.headers.get('dek-info')?.toUpperCase() ?? '') ?? [];
    if (cipherName === undefined || ivText === undefined) throw malformedPrivateKey();
    const cipher = ciphers[cipherName];
    if (cipher === undefined) throw new UnsupportedEncryption(cipherName);
    const iv = Buffer.from(ivText, 'hex');
    if (iv.length !== cipher.ivLength) throw malformedPrivateKey();
    const key = deriveKey(password, iv.subarray(0, saltLength), cipher.keyLength);
    try {
      return checkedRsaPrivateKey(cipher.decrypt(key, iv, decodePemBlock(block)));
    } finally {
      key.fill(0);
    }
  });
}

/** EVP_BytesToKey of OpenSSL with MD5 and one iteration. */
function deriveKey(password: Password, salt: Buffer, length: number): Buffer {
  const text = utf8Password(password);
  const digests: Buffer[] = [];
  for (let done = 0; done < length; done += 16) {
    const previous = digests.at(-1) ?? Buffer.alloc(0);
    digests.push(createHash('md5').update(previous).update(text).update(salt).digest());
  }
  text.fill(0);
  const key = Buffer.from(Buffer.concat(digests).subarray(0, length));
  for (const digest of digests) digest.fill(0);
  return key;
}

/** One wrong password in 256 leaves something that looks like padding. */
function checkedRsaPrivateKey(plaintext: Buffer): Buffer {
  try {
    const [key, ...rest] = readDerElements(plaintext);
    if (key?.tag === DerTag.sequence && rest.length === 0) return plaintext;
  } catch (error) {
    if (!isRangeError(error)) throw error;
  }
  plaintext.fill(0);
  throw privateKeyPasswordWrong();
}
