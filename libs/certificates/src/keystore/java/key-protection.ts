import { createHash, hash, timingSafeEqual } from 'node:crypto';
import { tripleDes } from '../../password-based-encryption/block-cipher.js';
import { readPbeParameter } from '../../password-based-encryption/older-schemes.js';
import { utf16Password, type Password } from '../../password-based-encryption/password.js';
import { UnsupportedEncryption } from '../../password-based-encryption/unsupported-encryption.js';
import { WorkLimit } from '../../password-based-encryption/work-limits.js';
import { checkedPrivateKeyInfo, readEncryptedPrivateKeyInfo } from '../../private-key/encrypted-private-key.js';
import { asPrivateKeyError, privateKeyPasswordWrong } from '../../private-key/private-key-errors.js';

/** Sun's own, of the JKS provider. */
const keystreamOfSha1 = '1.3.6.1.4.1.42.2.17.1.1';
/** Sun's own, of the JCE provider; no relation of PBES1. */
const pbeWithMd5AndTripleDes = '1.3.6.1.4.1.42.2.19.1';
const digestLength = 20;
const pbeSaltLength = 8;

/**
 * Opens a private key as JKS and JCEKS protect it.
 * @param protectedKey EncryptedPrivateKeyInfo, DER.
 * @returns PrivateKeyInfo, DER; the caller overwrites it.
 * @throws CertificateError PRIVATE_KEY_MALFORMED, PRIVATE_KEY_PASSWORD_WRONG, PRIVATE_KEY_ENCRYPTION_UNSUPPORTED,
 *   ENCRYPTION_TOO_COSTLY
 */
export function openProtectedKey(protectedKey: Buffer, password: Password): Buffer {
  return asPrivateKeyError(() => {
    const { encryption, ciphertext } = readEncryptedPrivateKeyInfo(protectedKey);
    switch (encryption.algorithm) {
      case keystreamOfSha1:
        return checkedPrivateKeyInfo(openWithKeystream(ciphertext, password));
      case pbeWithMd5AndTripleDes:
        return checkedPrivateKeyInfo(openWithTripleDes(readPbeParameter(encryption.parameters), ciphertext, password));
      default:
        throw new UnsupportedEncryption(encryption.algorithm);
    }
  });
}

/** salt || key XOR keystream || SHA-1(password || key); the keystream is a chain of SHA-1(password || previous digest). */
function openWithKeystream(protectedKey: Buffer, password: Password): Buffer {
  if (protectedKey.length < 2 * digestLength) throw new RangeError('the protected key is too short');
  const text = utf16Password(password);
  const key = Buffer.from(protectedKey.subarray(digestLength, -digestLength));
  let digest = protectedKey.subarray(0, digestLength);
  for (let start = 0; start < key.length; start += digestLength) {
    digest = createHash('sha1').update(text).update(digest).digest();
    for (let i = 0; i < digestLength && start + i < key.length; i++) {
      key[start + i] = (key[start + i] ?? 0) ^ (digest[i] ?? 0);
    }
  }
  const check = createHash('sha1').update(text).update(key).digest();
  text.fill(0);
  if (timingSafeEqual(check, protectedKey.subarray(-digestLength))) return key;
  key.fill(0);
  throw privateKeyPasswordWrong();
}

function openWithTripleDes(
  { salt, iterations }: { readonly salt: Buffer; readonly iterations: number },
  ciphertext: Buffer,
  password: Password,
): Buffer {
  if (salt.length !== pbeSaltLength) throw new RangeError('the salt has a wrong length');
  new WorkLimit().spendOwn(2 * iterations);
  const secret = deriveFromHalves(salt, iterations, password);
  try {
    return tripleDes.decrypt(secret.subarray(0, 24), secret.subarray(24), ciphertext);
  } finally {
    secret.fill(0);
  }
}

/** Each half of the salt goes its own way through MD5; together they give 24 octets of key and 8 of initialisation vector. */
function deriveFromHalves(salt: Buffer, iterations: number, password: Password): Buffer {
  // Java takes the low seven bits of each character.
  const text = Buffer.from(password).map(octet => octet & 0x7f);
  const secret = Buffer.concat(differentHalves(salt).map(half => digestAgain(half, text, iterations)));
  text.fill(0);
  return secret;
}

/** digest = MD5(digest || text), so many times, beginning with `start`. */
function digestAgain(start: Buffer, text: Uint8Array, times: number): Buffer {
  let digest = hash('md5', Buffer.concat([start, text]), 'buffer');
  const input = Buffer.concat([digest, text]);
  for (let i = 1; i < times; i++) {
    digest = hash('md5', input, 'buffer');
    digest.copy(input);
  }
  input.fill(0);
  return digest;
}

/** Java turns the first half round when both are the same. */
function differentHalves(salt: Buffer): [Buffer, Buffer] {
  const [first, second] = [salt.subarray(0, 4), salt.subarray(4)];
  return [first.equals(second) ? Buffer.from(first).reverse() : first, second];
}
