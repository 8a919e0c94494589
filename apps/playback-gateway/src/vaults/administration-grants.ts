import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseCertificatePem } from '#certificates';
import { administrationGrants, GrantSigner, type AdministrationGrant, type AdministrationGrantContent } from '#grants';
import { LiveIdentity } from '#platform';
import type { Administrator } from '../access/certificate-administrator.js';
import { requireFreshLogin } from '../access/fresh-login.js';

type Act = Pick<AdministrationGrantContent, 'act' | 'alias' | 'keyIdentifier' | 'unlistableSources'> & {
  /** PEM; the first certificate of it. */
  readonly certificate?: string;
};

/** What a gateway must show to a vault when it administers a key: that an administrator has just asked for it. */
@Injectable()
export class AdministrationGrants {
  private readonly signer: GrantSigner<AdministrationGrant>;

  constructor(identity: LiveIdentity) {
    this.signer = new GrantSigner(identity, administrationGrants);
  }

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
