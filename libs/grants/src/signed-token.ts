import { X509Certificate, type KeyObject } from 'node:crypto';
import type { z } from 'zod';
import { RcsError, type ServiceRole } from '#platform';
import { verifyCompact } from './jose/compact-es256.js';
import type { CertificateTrust } from './certificate-trust.js';
import { clockToleranceSeconds, maximumGrantLifetimeSeconds } from './playback-grant.js';

const maximumTokenLength = 16 * 1024;

export function checkSize(jws: string): void {
  if (jws.length > maximumTokenLength) throw refused(`it is ${jws.length} characters long`);
}

/** The signer's certificate in the header of a token of this type, base64 DER; nothing about it is proved yet. */
function signerOf(jws: string, type: string): string {
  const header = parseJson(Buffer.from(jws.split('.', 1)[0] ?? '', 'base64url').toString('utf8'));
  const { alg, typ, x5c, crit } = (header ?? {}) as Readonly<Record<string, unknown>>;
  const leaf: unknown = Array.isArray(x5c) && x5c.length === 1 ? x5c[0] : undefined;
  // There is no extension that we understand (RFC 7515, 4.1.11).
  if (alg !== 'ES256' || typ !== type || typeof leaf !== 'string' || crit !== undefined)
    throw refused('its header is not that of a grant');
  return leaf;
}

/**
 * The certificate whose key must have signed a token of this type.
 * @throws RcsError RCS_GRANT_REFUSED unless an authority of ours issued it for this role.
 */
export function trustedCertificate(
  jws: string,
  type: string,
  trust: CertificateTrust,
  role: ServiceRole,
): X509Certificate {
  const certificate = certificateOf(signerOf(jws, type));
  const actual = trust.roleOf(certificate, new Date());
  if (actual !== role) throw refused(`it was signed by ${actual ?? 'a certificate we do not trust'}`);
  return certificate;
}

function certificateOf(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch (error) {
    throw refused('its certificate cannot be read', error);
  }
}

export function verifiedPayload(jws: string, key: KeyObject): Buffer {
  const payload = verifyCompact(jws, key);
  if (payload === undefined) throw refused('its signature is wrong');
  return payload;
}

export function parseContent<Content>(payload: Buffer, schema: z.ZodType<Content>): Content {
  const parsed = schema.safeParse(parseJson(payload.toString('utf8')));
  if (parsed.success) return parsed.data;
  throw refused(`its content is not that of a grant: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
}

/** Short-lived, begun, not over. */
export function checkTimes(
  { iat, exp }: { readonly iat: number; readonly exp: number },
  maximumLifetimeSeconds = maximumGrantLifetimeSeconds,
): void {
  const now = Date.now() / 1000;
  if (exp - iat > maximumLifetimeSeconds) throw refused('it lives too long');
  if (iat > now + clockToleranceSeconds) throw refused('it was issued in the future');
  if (exp < now) throw refused('it has expired');
}

export const refused = (why: string, cause?: unknown): RcsError =>
  new RcsError('RCS_GRANT_REFUSED', `grant refused: ${why}`, { cause });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw refused('it is not JSON', error);
  }
}
