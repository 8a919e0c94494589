import { sign, verify, type KeyObject } from 'node:crypto';
import { ecdsaSigValue, fixedSignature, signatureBytes } from './ecdsa-signature.js';

const compactForm = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

const encoded = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

/**
 * A compact JWS with ES256 (RFC 7515, RFC 7518). By node:crypto itself and at once: every playback costs a signature and a
 * verification, and a JOSE library would make promises and copies of each.
 */
export function signCompact(header: object, payload: string, key: KeyObject): string {
  const content = `${encoded(JSON.stringify(header))}.${encoded(payload)}`;
  return `${content}.${fixedSignature(sign('sha256', Buffer.from(content), key)).toString('base64url')}`;
}

/**
 * The payload of a compact JWS that the key signed with ES256. The header is the caller's to judge.
 * @returns undefined for anything else, also for a key that is not on P-256.
 */
export function verifyCompact(jws: string, key: KeyObject): Buffer | undefined {
  const [, header = '', payload = '', signatureText = ''] = compactForm.exec(jws) ?? [];
  const signature = Buffer.from(signatureText, 'base64url');
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return undefined;
  if (signature.length !== signatureBytes) return undefined;
  const content = Buffer.from(`${header}.${payload}`);
  return verify('sha256', content, key, ecdsaSigValue(signature)) ? Buffer.from(payload, 'base64url') : undefined;
}
