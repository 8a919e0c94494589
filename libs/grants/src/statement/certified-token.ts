import { X509Certificate, type KeyObject } from 'node:crypto';
import type { ServiceRole } from '#platform';
import type { CertificateTrust } from '../certificate-trust.js';
import { verifyCompact } from '../jose/compact-es256.js';

const maximumTokenLength = 16 * 1024;

/** Why a signed token is not believed; for the log. */
export class StatementRefused extends Error {
  override readonly name: string = 'StatementRefused';
}

/** No authority of those who judge issued the certificate, or it was not valid then. */
export class UntrustedSigner extends StatementRefused {
  override readonly name = 'UntrustedSigner';

  constructor() {
    super('it was signed by a certificate we do not trust');
  }
}

/** @param role of who signed instead of who should; undefined where nobody vouches for the certificate */
export function signedByAnother(role: ServiceRole | undefined): StatementRefused {
  return role === undefined ? new UntrustedSigner() : new StatementRefused(`it was signed by ${role}`);
}

/** @throws StatementRefused for more than 16 KiB, before anything of it is read. */
export function checkTokenSize(jws: string): void {
  if (jws.length > maximumTokenLength) throw new StatementRefused(`it is ${jws.length} characters long`);
}

/**
 * The certificate in the header (`x5c`) of a token of this type, whose key must have signed it; the signature is not
 * checked yet.
 * @throws StatementRefused unless an authority of ours issued it for this role and it was valid at `time`.
 */
export function signerCertificate(
  jws: string,
  type: string,
  trust: CertificateTrust,
  role: ServiceRole,
  time = new Date(),
): X509Certificate {
  const certificate = certificateOf(signerInHeader(jws, type));
  const actual = trust.roleOf(certificate, time);
  if (actual !== role) throw signedByAnother(actual);
  return certificate;
}

/** @throws StatementRefused unless the key signed it with ES256. */
export function signedPayload(jws: string, key: KeyObject): Buffer {
  const payload = verifyCompact(jws, key);
  if (payload === undefined) throw new StatementRefused('its signature is wrong');
  return payload;
}

/** @throws StatementRefused for what is no JSON. */
export function parseTokenJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (error) {
    throw new StatementRefused('it is not JSON', { cause: error });
  }
}

/** base64 DER; nothing about it is proved yet. */
function signerInHeader(jws: string, type: string): string {
  const header = parseTokenJson(Buffer.from(jws.split('.', 1)[0] ?? '', 'base64url'));
  const { alg, typ, x5c, crit } = (header ?? {}) as Readonly<Record<string, unknown>>;
  const leaf: unknown = Array.isArray(x5c) && x5c.length === 1 ? x5c[0] : undefined;
  // There is no extension that we understand (RFC 7515, 4.1.11).
  if (alg !== 'ES256' || typ !== type || typeof leaf !== 'string' || crit !== undefined)
    throw new StatementRefused(`its header is not that of ${type}`);
  return leaf;
}

function certificateOf(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch (error) {
    throw new StatementRefused('its certificate cannot be read', { cause: error });
  }
}
