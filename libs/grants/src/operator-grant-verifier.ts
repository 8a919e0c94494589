import { createHash, type X509Certificate } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Current, Derived, entriesAtMost, RcsError, type ServiceRole } from '#platform';
import { CertificateTrust, type Authorities } from './certificate-trust.js';
import { checkAudience } from './grant-binding.js';
import { keyApprovals, type KeyApproval } from './key-approval.js';
import { operatorGrants, type OperatorGrant } from './operator-grant.js';
import { maximumGrantLifetimeSeconds } from './playback-grant.js';
import { checkSize, checkTimes, parseContent, refused, trustedCertificate, verifiedPayload } from './signed-token.js';

const signerRole: ServiceRole = 'operator';

export interface VerifiedOperatorGrant {
  readonly grant: OperatorGrant;
  /** Subject of the certificate that signed, one line. */
  readonly operator: string;
}

export interface VerifiedKeyApproval {
  readonly approval: KeyApproval;
  /** Subject of the certificate that signed, one line. */
  readonly operator: string;
  /** Tells operators apart: SHA-256 of the public key. */
  readonly operatorKey: string;
}

/**
 * Checks operators' grants: ES256 by the key of a certificate that the internal authority issued with the role operator
 * and that is on the list, for this cluster's vaults, short-lived, of the exact form, used once.
 */
export class OperatorGrantVerifier {
  private readonly trust: Derived<Authorities, CertificateTrust>;
  private readonly allowedKeys: ReadonlySet<string>;
  private readonly acceptUnbound: boolean;
  private readonly used = new LRUCache<string, true>({
    ...entriesAtMost(10_000),
    ttl: 2000 * maximumGrantLifetimeSeconds,
  });

  /**
   * @param allowed certificates of the operators; a renewed one with the same key is the same operator.
   * @param acceptUnbound whether grants count that do not say for which vaults they are, as those of before.
   */
  constructor(
    private readonly authorities: Current<Authorities>,
    allowed: readonly X509Certificate[],
    { acceptUnbound = false }: { readonly acceptUnbound?: boolean } = {},
  ) {
    this.acceptUnbound = acceptUnbound;
    this.trust = new Derived(authorities, ({ caPem, denied }) => new CertificateTrust(caPem, denied));
    this.allowedKeys = new Set(allowed.map(keyDigest));
  }

  /**
   * @throws RcsError RCS_OPERATOR_NOT_ALLOWED for an operator who is not on the list, RCS_GRANT_REFUSED for everything
   * that is wrong with the grant itself.
   */
  verify(jws: string): VerifiedOperatorGrant {
    const { payload, operator } = this.signed(jws, operatorGrants.type);
    const grant = parseContent(payload, operatorGrants.schema);
    checkTimes(grant);
    checkAudience(grant, this.authorities.current.cluster, this.acceptUnbound);
    if (this.used.has(grant.jti)) throw refused('it was used before');
    this.used.set(grant.jti, true);
    return { grant, operator };
  }

  /**
   * An approval of what shall be done with a key. It lives for hours, so that it can be brought by another than who
   * signed it; that it is used once follows from what it names.
   * @throws as `verify`
   */
  verifyApproval(jws: string): VerifiedKeyApproval {
    const { payload, operator, operatorKey } = this.signed(jws, keyApprovals.type);
    const approval = parseContent(payload, keyApprovals.schema);
    checkTimes(approval, keyApprovals.lifetimeSeconds);
    checkAudience(approval, this.authorities.current.cluster, this.acceptUnbound);
    return { approval, operator, operatorKey };
  }

  private signed(jws: string, type: string) {
    checkSize(jws);
    const certificate = trustedCertificate(jws, type, this.trust.current, signerRole);
    const payload = verifiedPayload(jws, certificate.publicKey);
    const operator = certificate.subject.replaceAll('\n', ', ');
    const operatorKey = keyDigest(certificate);
    if (!this.allowedKeys.has(operatorKey)) {
      throw new RcsError('RCS_OPERATOR_NOT_ALLOWED', `${operator} is not on the list of operators`);
    }
    return { payload, operator, operatorKey };
  }
}

const keyDigest = (certificate: X509Certificate): string =>
  createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
