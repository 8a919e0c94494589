import { createHash, type X509Certificate } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RcsError, type ServiceRole } from '#platform';
import { CertificateTrust } from './certificate-trust.js';
import { operatorGrantSchema, operatorGrantTokenType, type OperatorGrant } from './operator-grant.js';
import { maximumGrantLifetimeSeconds } from './playback-grant.js';
import { checkSize, checkTimes, parseContent, refused, trustedCertificate, verifiedPayload } from './signed-token.js';

const signerRole: ServiceRole = 'operator';

export interface VerifiedOperatorGrant {
  readonly grant: OperatorGrant;
  /** Subject of the certificate that signed, one line. */
  readonly operator: string;
}

/**
 * Checks operators' grants: ES256 by the key of a certificate that the internal authority issued with the role operator
 * and that is on the list, short-lived, of the exact form, used once.
 */
export class OperatorGrantVerifier {
  private trust: CertificateTrust;
  private readonly allowedKeys: ReadonlySet<string>;
  private readonly used = new LRUCache<string, true>({ max: 10_000, ttl: 2000 * maximumGrantLifetimeSeconds });

  /** @param allowed certificates of the operators; a renewed one with the same key is the same operator. */
  constructor(caPem: Buffer, allowed: readonly X509Certificate[]) {
    this.trust = new CertificateTrust(caPem);
    this.allowedKeys = new Set(allowed.map(keyDigest));
  }

  /** Trusts these authorities from now on. */
  useAuthorities(caPem: Buffer): void {
    this.trust = new CertificateTrust(caPem);
  }

  /**
   * @throws RcsError RCS_OPERATOR_NOT_ALLOWED for an operator who is not on the list, RCS_GRANT_REFUSED for everything
   * that is wrong with the grant itself.
   */
  async verify(jws: string): Promise<VerifiedOperatorGrant> {
    return Promise.resolve(this.judge(jws));
  }

  private judge(jws: string): VerifiedOperatorGrant {
    checkSize(jws);
    const certificate = trustedCertificate(jws, operatorGrantTokenType, this.trust, signerRole);
    const payload = verifiedPayload(jws, certificate.publicKey);
    const operator = certificate.subject.replaceAll('\n', ', ');
    if (!this.allowedKeys.has(keyDigest(certificate))) {
      throw new RcsError('RCS_OPERATOR_NOT_ALLOWED', `${operator} is not on the list of operators`);
    }
    const grant = parseContent(payload, operatorGrantSchema);
    checkTimes(grant);
    if (this.used.has(grant.jti)) throw refused('it was used before');
    this.used.set(grant.jti, true);
    return { grant, operator };
  }
}

const keyDigest = (certificate: X509Certificate): string =>
  createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
