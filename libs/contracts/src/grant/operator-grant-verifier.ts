import { createHash, type X509Certificate } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RcsError, type ServiceRole } from '#platform';
import {
  keyApprovalSchema,
  keyApprovalTokenType,
  maximumApprovalLifetimeSeconds,
  type KeyApproval,
} from './key-approval.js';
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

export interface VerifiedKeyApproval {
  readonly approval: KeyApproval;
  /** Subject of the certificate that signed, one line. */
  readonly operator: string;
  /** Tells operators apart: SHA-256 of the public key. */
  readonly operatorKey: string;
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

  /**
   * An approval of what shall be done with a key. It lives for hours, so that it can be brought by another than who
   * signed it; that it is used once follows from what it names.
   * @throws as `verify`
   */
  verifyApproval(jws: string): VerifiedKeyApproval {
    const { payload, operator, operatorKey } = this.signed(jws, keyApprovalTokenType);
    const approval = parseContent(payload, keyApprovalSchema);
    checkTimes(approval, maximumApprovalLifetimeSeconds);
    return { approval, operator, operatorKey };
  }

  private signed(jws: string, type: string) {
    checkSize(jws);
    const certificate = trustedCertificate(jws, type, this.trust, signerRole);
    const payload = verifiedPayload(jws, certificate.publicKey);
    const operator = certificate.subject.replaceAll('\n', ', ');
    const operatorKey = keyDigest(certificate);
    if (!this.allowedKeys.has(operatorKey)) {
      throw new RcsError('RCS_OPERATOR_NOT_ALLOWED', `${operator} is not on the list of operators`);
    }
    return { payload, operator, operatorKey };
  }

  private judge(jws: string): VerifiedOperatorGrant {
    const { payload, operator } = this.signed(jws, operatorGrantTokenType);
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
