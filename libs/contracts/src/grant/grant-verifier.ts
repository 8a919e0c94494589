import { hash, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ServiceRole } from '#platform';
import {
  administrationGrantSchema,
  administrationGrantTokenType,
  type AdministrationGrant,
} from './administration-grant.js';
import { CertificateTrust } from './certificate-trust.js';
import { grantTokenType, playbackGrantSchema, type PlaybackGrant } from './playback-grant.js';
import { rewrapGrantSchema, rewrapGrantTokenType, type RewrapGrant } from './rewrap-grant.js';
import { checkSize, checkTimes, parseContent, trustedCertificate, verifiedPayload } from './signed-token.js';

const signerRole: ServiceRole = 'playback-gateway';
/** A signer's certificate is judged anew after this time, so that an expired one is found out. */
const signerTimeToLiveMs = 60_000;
const clockStepMs = 1000;

interface TrustedSigner {
  readonly key: KeyObject;
  /** Of the tokens with its header. */
  readonly type: string;
}

/**
 * Checks grants: ES256 only, signed by a certificate of the internal authority with the role playback-gateway, short
 * lived, of the exact form.
 */
export class GrantVerifier {
  private trust: CertificateTrust;
  private readonly signers = new LRUCache<string, TrustedSigner>({
    max: 100,
    ttl: signerTimeToLiveMs,
    ttlResolution: clockStepMs,
  });
  private readonly verified: LRUCache<string, PlaybackGrant> | undefined;

  /**
   * @param remembered how many grants that were found good are remembered until they expire, by those who see each of
   * them often; 0 where each comes once.
   */
  constructor(caPem: Buffer, { remembered = 0 }: { readonly remembered?: number } = {}) {
    this.trust = new CertificateTrust(caPem);
    this.verified = remembered === 0 ? undefined : new LRUCache({ max: remembered });
  }

  /** Trusts these authorities from now on, and nobody whom only the former ones vouched for. */
  useAuthorities(caPem: Buffer): void {
    this.trust = new CertificateTrust(caPem);
    this.signers.clear();
    this.verified?.clear();
  }

  /** @throws RcsError RCS_GRANT_REFUSED; the reason is for the log only. */
  verify(jws: string): PlaybackGrant {
    checkSize(jws);
    return this.verified === undefined ? this.judge(jws) : this.recall(this.verified, jws);
  }

  /**
   * A grant to rewrap, by the same rules. Each is used once, so none is remembered.
   * @throws RcsError RCS_GRANT_REFUSED
   */
  verifyRewrap(jws: string): RewrapGrant {
    checkSize(jws);
    const payload = verifiedPayload(jws, this.signerKey(jws, rewrapGrantTokenType));
    const grant = parseContent(payload, rewrapGrantSchema);
    checkTimes(grant);
    return grant;
  }

  /**
   * A grant to administer a key, by the same rules. Each is used once, which whoever acts on it makes sure of.
   * @throws RcsError RCS_GRANT_REFUSED
   */
  verifyAdministration(jws: string): AdministrationGrant {
    checkSize(jws);
    const payload = verifiedPayload(jws, this.signerKey(jws, administrationGrantTokenType));
    const grant = parseContent(payload, administrationGrantSchema);
    checkTimes(grant);
    return grant;
  }

  private recall(verified: LRUCache<string, PlaybackGrant>, jws: string): PlaybackGrant {
    const digest = hash('sha256', jws, 'base64');
    const known = verified.get(digest);
    if (known !== undefined) {
      checkTimes(known);
      return known;
    }
    const grant = this.judge(jws);
    verified.set(digest, grant, { ttl: Math.max(1, grant.exp * 1000 - Date.now()) });
    return grant;
  }

  private judge(jws: string): PlaybackGrant {
    const payload = verifiedPayload(jws, this.signerKey(jws, grantTokenType));
    const grant = Object.freeze(parseContent(payload, playbackGrantSchema));
    checkTimes(grant);
    return grant;
  }

  private signerKey(jws: string, type: string): KeyObject {
    // A signer's headers are all the same, and hold its type and certificate.
    const header = jws.slice(0, jws.indexOf('.'));
    const known = this.signers.get(header);
    if (known?.type === type) return known.key;
    const { publicKey } = trustedCertificate(jws, type, this.trust, signerRole);
    this.signers.set(header, { key: publicKey, type });
    return publicKey;
  }
}
