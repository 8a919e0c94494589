import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ServiceRole } from '#platform';
import { CertificateTrust, type Authorities } from '../certificate-trust.js';
import {
  checkTokenSize,
  parseTokenJson,
  signedPayload,
  signerCertificate,
  StatementRefused,
} from './certified-token.js';

const signerTimeToLiveMs = 60_000;

/** Checks statements of one type by services of one role: ES256 only, signed under a certificate of the internal authority. */
export class StatementVerifier {
  private readonly trust: CertificateTrust;
  private readonly signers = new LRUCache<string, KeyObject>({ max: 100, ttl: signerTimeToLiveMs });

  constructor(
    authorities: Buffer | Authorities,
    private readonly role: ServiceRole,
    private readonly type: string,
  ) {
    const { caPem, denied } = authorities instanceof Uint8Array ? { caPem: authorities } : authorities;
    this.trust = new CertificateTrust(caPem, denied);
  }

  /** What was said. @throws StatementRefused unless it was signed by a service of the role whose certificate is valid now. */
  verify(jws: string): unknown {
    return this.verifyAt(jws, () => new Date());
  }

  /** Like `verify` for statements that are kept: the certificate must have been valid when `timeOf` says it was signed. */
  verifyAt(jws: string, timeOf: (content: unknown) => Date): unknown {
    checkTokenSize(jws);
    const [header = '', payload = '', signature, ...rest] = jws.split('.');
    if (signature === undefined || rest.length > 0) throw new StatementRefused('it is no compact JWS');
    const content = parseTokenJson(Buffer.from(payload, 'base64url'));
    signedPayload(jws, this.signerKey(jws, header, timeOf(content)));
    return content;
  }

  private signerKey(jws: string, header: string, time: Date): KeyObject {
    // A signer's headers are all the same, and hold its type and certificate.
    const cacheKey = `${Math.floor(time.getTime() / signerTimeToLiveMs)} ${header}`;
    const known = this.signers.get(cacheKey);
    if (known !== undefined) return known;
    const { publicKey } = signerCertificate(jws, this.type, this.trust, this.role, time);
    this.signers.set(cacheKey, publicKey);
    return publicKey;
  }
}
