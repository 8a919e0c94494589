import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { CertificateStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { originOf, type Administrator } from '../access/certificate-administrator.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { CertificateCatalog } from './certificate-catalog.service.js';
import { CertificatePolicy } from './certificate-policy.js';
import { targetName } from './certificate-resource.js';
import { CertificateChangeFeed } from '../certificate-events/certificate-change-feed.js';

/** Puts a successor in the place of a certificate everywhere; recordings made before keep playing with the old key. */
@Injectable()
export class CertificateRenewalService {
  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    private readonly list: CertificateCatalog,
    private readonly policy: CertificatePolicy,
    private readonly audit: CertificateAudit,
    private readonly feed: CertificateChangeFeed,
  ) {}

  /** @throws RcsError RCS_CERTIFICATE_NOT_VALID when the successor may not encrypt at this moment. */
  async renew(administrator: Administrator, alias: string, successor: string): Promise<readonly string[]> {
    const { contactCenter } = administrator;
    await this.list.requireActive(contactCenter, alias);
    if (alias === successor) {
      throw new RcsError('RCS_INVALID_VALUE', undefined, {
        publicDetail: 'successor: a certificate cannot succeed itself',
      });
    }
    const next = await this.list.requireActive(contactCenter, successor);
    this.policy.requireForEncryption(next);
    await this.list.requireEnabledKey(next);
    const targets = await this.audit.act(
      administrator,
      { event: 'certificate-renewed', certificateAlias: alias, detail: `successor ${successor}` },
      () => this.certificates.succeed(contactCenter, alias, successor, originOf(administrator)),
    );
    if (targets === undefined) {
      throw new RcsError('RCS_CERTIFICATE_NOT_VALID', undefined, {
        publicDetail: `${JSON.stringify(successor)} was uploaded for decrypting only`,
      });
    }
    this.feed.announce(administrator, 'assignment', 'renewed', alias);
    return targets.map(targetName);
  }
}
