import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Stands before every encrypted value; a value without it is plain text. */
export const encryptedSecretPrefix = 'CRYPT:';

const version = 1;
const ivBytes = 12;
const tagBytes = 16;
export const masterKeyBytes = 32;

/** A value with the prefix CRYPT: cannot be decrypted. The message never shows the value. */
export class EncryptedSecretError extends Error {
  override readonly name = 'EncryptedSecretError';
}

export const isEncryptedSecret = (text: string): boolean => text.startsWith(encryptedSecretPrefix);

/**
 * `CRYPT:` and the base64url text of version, nonce, ciphertext and tag of AES-256-GCM (NIST SP 800-38D).
 * @param masterKey 32 bytes
 */
export function encryptSecret(secret: string, masterKey: Buffer): string {
  const iv = randomBytes(ivBytes);
  const head = Buffer.from([version]);
  const cipher = createCipheriv('aes-256-gcm', masterKey, iv).setAAD(head);
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return encryptedSecretPrefix + Buffer.concat([head, iv, ciphertext, cipher.getAuthTag()]).toString('base64url');
}

/**
 * The secret in a value that `encryptSecret` made.
 * @throws EncryptedSecretError for another master key or a damaged value.
 */
export function decryptSecret(value: string, masterKey: Buffer): string {
  const text = value.slice(encryptedSecretPrefix.length).trim();
  const bytes = Buffer.from(text, 'base64url');
  if (!isEncryptedSecret(value) || !/^[\w+/-]+={0,2}$/.test(text) || bytes.length < 1 + ivBytes + tagBytes) {
    throw new EncryptedSecretError('is cut or was not made by rcsctl encrypt-password');
  }
  const head = bytes.subarray(0, 1);
  if (head[0] !== version) throw new EncryptedSecretError('was made by another version of rcsctl encrypt-password');
  const decipher = createDecipheriv('aes-256-gcm', masterKey, bytes.subarray(1, 1 + ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(head).setAuthTag(bytes.subarray(-tagBytes));
  try {
    const ciphertext = bytes.subarray(1 + ivBytes, -tagBytes);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
  } catch {
    throw new EncryptedSecretError('was encrypted with another master key, or was changed afterwards');
  }
}
