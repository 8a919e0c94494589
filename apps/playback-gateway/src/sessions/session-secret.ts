import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';

const secretBytes = 32;
const wellFormed = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits: what the cookie holds. */
export function newSessionSecret(): string {
  return randomBytes(secretBytes).toString('base64url');
}

/** Whether a client's cookie can be a secret of ours at all. */
export function isSessionSecret(value: string | undefined): value is string {
  return value !== undefined && wellFormed.test(value);
}

/**
 * Names the session where its secret must not stand, such as in play tickets. It opens nothing, and nobody but a gateway
 * can tell where in Redis the session is.
 */
export function sessionReferenceOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/**
 * The CSRF token of a session in the form of a UUID (RFC 9562, version 8). It follows from the secret, so that it lives
 * as long as the session and needs no place of its own.
 */
export function csrfTokenOf(secret: string): string {
  const bytes = createHmac('sha256', createSecretKey(secret, 'utf8')).update('csrf-token').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
