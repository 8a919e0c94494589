import { createHmac, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import type { InternalIdentity } from '#platform';

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A compact JWS over any header and payload, signed with ES256 by the identity: what an attacker may write. */
export function signedGrant(identity: InternalIdentity, payload: object, header: object = {}): string {
  const certificate = new X509Certificate(identity.certificatePem).raw.toString('base64');
  const content = `${encoded({ alg: 'ES256', typ: 'rcs-grant+jws', x5c: [certificate], ...header })}.${encoded(payload)}`;
  const key = createPrivateKey(identity.keyPem);
  return `${content}.${sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** The same with HMAC under the signer's public certificate, which everybody knows (the confusion of HS256 and ES256). */
export function confusedGrant(identity: InternalIdentity, payload: object): string {
  const certificate = new X509Certificate(identity.certificatePem);
  const header = { alg: 'HS256', typ: 'rcs-grant+jws', x5c: [certificate.raw.toString('base64')] };
  const content = `${encoded(header)}.${encoded(payload)}`;
  const secret = certificate.publicKey.export({ format: 'pem', type: 'spki' });
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

export function unsignedGrant(identity: InternalIdentity, payload: object): string {
  const certificate = new X509Certificate(identity.certificatePem).raw.toString('base64');
  return `${encoded({ alg: 'none', typ: 'rcs-grant+jws', x5c: [certificate] })}.${encoded(payload)}.`;
}
