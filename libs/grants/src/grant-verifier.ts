import { hash, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Current, Derived, entriesAtMost, millisecondsUntil, type ServiceRole } from '#platform';
import { administrationGrants, type AdministrationGrant } from './administration-grant.js';
import { archiveRewrapGrants, type ArchiveRewrapGrant } from './archive-rewrap-grant.js';
import { archiveSealGrants, type ArchiveSealGrant } from './archive-seal-grant.js';
import { CertificateTrust, type Authorities } from './certificate-trust.js';
import { checkAudience } from './grant-binding.js';
import type { GrantFrame, GrantKind } from './grant-kind.js';
import { playbackGrants, type PlaybackGrant } from './playback-grant.js';
import { rewrapGrants, type RewrapGrant } from './rewrap-grant.js';
import { storageProbeGrants, type StorageProbeGrant } from './storage-probe-grant.js';
import { checkSize, checkTimes, parseContent, trustedCertificate, verifiedPayload } from './signed-token.js';

const signerRole: ServiceRole = 'playback-gateway';
/** A signer's certificate is judged again after this time, so that an expired one is found out. */
const signerTimeToLiveMs = 60_000;
const clockStepMs = 1000;

interface TrustedSigner {
  readonly key: KeyObject;
  /** Of the tokens with its header. */
  readonly type: string;
}

/** Whom these authorities vouch for, and what was found good under them. */
interface Judgement {
  readonly trust: CertificateTrust;
  readonly cluster: string | undefined;
  readonly signers: LRUCache<string, TrustedSigner>;
  readonly verified: LRUCache<string, PlaybackGrant> | undefined;
}

/**
 * Checks grants: ES256 only, signed by a certificate of the internal authority with the role playback-gateway, short
 * lived, of the exact form. Other authorities begin with nothing remembered: nobody is trusted whom only the former ones
 * vouched for.
 */
export class GrantVerifier {
  private readonly judgement: Derived<Authorities, Judgement>;
  private readonly acceptUnbound: boolean;

  /**
   * @param remembered how many grants that were found good are remembered until they expire, by those who see each of
   * them often; 0 where each comes once.
   * @param acceptUnbound whether grants count that do not say for which vaults they are, as those of before.
   */
  constructor(
    authorities: Current<Authorities>,
    { remembered = 0, acceptUnbound = false }: { readonly remembered?: number; readonly acceptUnbound?: boolean } = {},
  ) {
    this.acceptUnbound = acceptUnbound;
    this.judgement = new Derived(authorities, ({ caPem, cluster, denied }) => ({
      trust: new CertificateTrust(caPem, denied),
      cluster,
      signers: new LRUCache({ max: 100, ttl: signerTimeToLiveMs, ttlResolution: clockStepMs }),
      verified: remembered === 0 ? undefined : new LRUCache(entriesAtMost(remembered)),
    }));
  }

  /** @throws RcsError RCS_GRANT_REFUSED; the reason is for the log only. */
  verify(jws: string): PlaybackGrant {
    const { verified } = this.judgement.current;
    checkSize(jws);
    return verified === undefined ? Object.freeze(this.judge(jws, playbackGrants)) : this.recall(verified, jws);
  }

  /**
   * A grant to rewrap, by the same rules. Each is used once, so none is remembered.
   * @throws RcsError RCS_GRANT_REFUSED
   */
  verifyRewrap(jws: string): RewrapGrant {
    return this.judge(jws, rewrapGrants);
  }

  /**
   * A grant to administer a key, by the same rules. Each is used once, which whoever acts on it makes sure of.
   * @throws RcsError RCS_GRANT_REFUSED
   */
  verifyAdministration(jws: string): AdministrationGrant {
    return this.judge(jws, administrationGrants);
  }

  /**
   * A grant to seal an archive, by the same rules. Each is used once, which whoever acts on it makes sure of.
   * @throws RcsError RCS_GRANT_REFUSED
   */
  verifyArchiveSeal(jws: string): ArchiveSealGrant {
    return this.judge(jws, archiveSealGrants);
  }

  /** A grant to probe a storage, by the same rules. @throws RcsError RCS_GRANT_REFUSED */
  verifyStorageProbe(jws: string): StorageProbeGrant {
    return this.judge(jws, storageProbeGrants);
  }

  /**
   * A grant to rewrap for an archive, by the same rules. Each is used once, and by its holder, which whoever acts on it makes
   * sure of.
   * @throws RcsError RCS_GRANT_REFUSED
   */
  verifyArchiveRewrap(jws: string): ArchiveRewrapGrant {
    return this.judge(jws, archiveRewrapGrants);
  }

  private recall(verified: LRUCache<string, PlaybackGrant>, jws: string): PlaybackGrant {
    const digest = hash('sha256', jws, 'base64');
    const known = verified.get(digest);
    if (known !== undefined) {
      checkTimes(known);
      return known;
    }
    const grant = Object.freeze(this.judge(jws, playbackGrants));
    verified.set(digest, grant, { ttl: Math.max(1, millisecondsUntil(grant.exp * 1000)) });
    return grant;
  }

  private judge<Grant extends GrantFrame>(jws: string, { type, schema }: GrantKind<Grant>): Grant {
    checkSize(jws);
    const payload = verifiedPayload(jws, this.signerKey(jws, type));
    const grant = parseContent(payload, schema);
    checkTimes(grant);
    checkAudience(grant, this.judgement.current.cluster, this.acceptUnbound);
    return grant;
  }

  private signerKey(jws: string, type: string): KeyObject {
    const { trust, signers } = this.judgement.current;
    // A signer's headers are all the same, and hold its type and certificate.
    const header = jws.slice(0, jws.indexOf('.'));
    const known = signers.get(header);
    if (known?.type === type) return known.key;
    const { publicKey } = trustedCertificate(jws, type, trust, signerRole);
    signers.set(header, { key: publicKey, type });
    return publicKey;
  }
}
