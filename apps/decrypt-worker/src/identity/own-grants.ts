import {
  checkHolder,
  type GrantBinding,
  type GrantVerifier,
  type PlaybackGrant,
  type StorageProbeGrant,
} from '#grants';
import type { OwnIdentities } from './own-identities.js';

/** Judges grants as this worker may use them: one that was given to another worker is none here. */
export class OwnGrants {
  constructor(
    private readonly grants: GrantVerifier,
    private readonly identities: OwnIdentities,
  ) {}

  /**
   * Whether one must name a worker is for the vault to say; what opens no key needs none.
   * @throws RcsError RCS_GRANT_REFUSED
   */
  verify(jws: string): PlaybackGrant {
    return this.own(this.grants.verify(jws));
  }

  /** A grant to probe a storage. @throws RcsError RCS_GRANT_REFUSED */
  verifyStorageProbe(jws: string): StorageProbeGrant {
    return this.own(this.grants.verifyStorageProbe(jws));
  }

  private own<Grant extends GrantBinding>(grant: Grant): Grant {
    checkHolder(
      grant,
      this.identities.all.map(({ thumbprint }) => thumbprint),
      true,
    );
    return grant;
  }
}
