import { hash } from 'node:crypto';
import { parseCertificatePem } from '#certificates';
import type { AdministrationGrant, AdministrationGrantContent, GrantSigner } from '#grants';
import type { Administrator } from '../access/certificate-administrator.js';
import { requireFreshLogin } from '../access/fresh-login.js';

type Act = Pick<AdministrationGrantContent, 'act' | 'alias' | 'keyIdentifier' | 'unlistableSources'> & {
  /** PEM; the first certificate of it. */
  readonly certificate?: string;
};

/** What a gateway must show to a vault when it administers a key: that an administrator has just asked for it. */
export class AdministrationGrants {
  constructor(private readonly signer: GrantSigner<AdministrationGrant>) {}

  /** For one act; every vault takes it once. @throws RcsError RCS_FRESH_LOGIN_REQUIRED */
  sign(administrator: Administrator, { certificate, ...act }: Act): string {
    requireFreshLogin(administrator);
    const { name, contactCenter, authenticatedAt } = administrator;
    return this.signer.sign({
      ...act,
      sub: name,
      contactCenter,
      auth_time: Math.floor(authenticatedAt.getTime() / 1000),
      ...(certificate === undefined ? {} : { certificate: fingerprintOf(certificate) }),
    });
  }
}

const fingerprintOf = (pem: string): string => hash('sha256', parseCertificatePem(pem)[0].der, 'hex');
