import type { X509Certificate, KeyObject } from 'node:crypto';
import type { z } from 'zod';
import { RcsError, type ServiceRole } from '#platform';
import type { CertificateTrust } from './certificate-trust.js';
import { clockToleranceSeconds, maximumGrantLifetimeSeconds } from './playback-grant.js';
import {
  checkTokenSize,
  parseTokenJson,
  signedPayload,
  signerCertificate,
  StatementRefused,
} from './statement/certified-token.js';

/** @throws RcsError RCS_GRANT_REFUSED for what no grant is as long as. */
export function checkSize(jws: string): void {
  orRefuse(() => checkTokenSize(jws));
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
  return orRefuse(() => signerCertificate(jws, type, trust, role));
}

/** @throws RcsError RCS_GRANT_REFUSED unless the key signed it. */
export function verifiedPayload(jws: string, key: KeyObject): Buffer {
  return orRefuse(() => signedPayload(jws, key));
}

/** @throws RcsError RCS_GRANT_REFUSED for any other content. */
export function parseContent<Content>(payload: Buffer, schema: z.ZodType<Content>): Content {
  const parsed = schema.safeParse(orRefuse(() => parseTokenJson(payload)));
  if (parsed.success) return parsed.data;
  throw refused(`its content is not that of a grant: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
}

/** Short-lived, begun, not over. @throws RcsError RCS_GRANT_REFUSED */
export function checkTimes(
  { iat, exp }: { readonly iat: number; readonly exp: number },
  maximumLifetimeSeconds = maximumGrantLifetimeSeconds,
): void {
  const now = Date.now() / 1000;
  if (exp <= iat) throw refused('it ends before it begins');
  if (exp - iat > maximumLifetimeSeconds) throw refused('it lives too long');
  if (iat > now + clockToleranceSeconds) throw refused('it was issued in the future');
  if (exp < now) throw refused('it has expired');
}

export const refused = (why: string, cause?: unknown): RcsError =>
  new RcsError('RCS_GRANT_REFUSED', `grant refused: ${why}`, { cause });

/** A grant is a statement that whoever gets it answers for with an error of its own. */
function orRefuse<T>(judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof StatementRefused)) throw error;
    throw refused(error.message, error.cause);
  }
}
