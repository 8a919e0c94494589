import { X509Certificate } from 'node:crypto';
import { certificateThumbprint } from '#grants';
import type { InternalIdentity, LiveIdentity } from '#platform';

/** Longer than any grant lives, and than gateways need to hear of a new certificate, milliseconds. */
const formerTimeToLiveMs = 120_000;

export interface OwnIdentity {
  readonly thumbprint: string;
  readonly identity: InternalIdentity;
}

/**
 * Who this worker is, and who it was a moment ago: a grant names the certificate that its gateway knew, which may have been
 * renewed on the way.
 */
export class OwnIdentities {
  private present: OwnIdentity;
  private former: readonly OwnIdentity[] = [];

  constructor(live: LiveIdentity) {
    this.present = own(live.current);
    live.onChange(identity => this.renew(identity));
  }

  get current(): OwnIdentity {
    return this.present;
  }

  get all(): readonly OwnIdentity[] {
    return [this.present, ...this.former];
  }

  private renew(identity: InternalIdentity): void {
    const former = this.present;
    this.present = own(identity);
    if (former.thumbprint === this.present.thumbprint) return;
    this.former = [former, ...this.former];
    setTimeout(() => (this.former = this.former.filter(one => one !== former)), formerTimeToLiveMs).unref();
  }
}

const own = (identity: InternalIdentity): OwnIdentity => ({
  identity,
  thumbprint: certificateThumbprint(new X509Certificate(identity.certificatePem).raw),
});
