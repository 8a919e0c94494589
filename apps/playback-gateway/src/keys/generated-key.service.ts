import { Inject, Injectable } from '@nestjs/common';
import { parseCertificatePem, type CertificateInfo } from '#certificates';
import { RcsError } from '#platform';
import type { CertificateStore, RecordingCertificate } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { originOf, type Administrator } from '../access/certificate-administrator.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { orRefuse } from '../certificates/certificate-errors.js';
import { CertificatePolicy } from '../certificates/certificate-policy.js';
import { requireFreshLogin } from '../access/fresh-login.js';
import { CertificateChangeFeed } from '../certificate-events/certificate-change-feed.js';
import { requireNameOfItsOwn } from '../certificates/shared-names.js';
import { VaultKeys } from '../vaults/vault-keys.js';

export interface GeneratedKey {
  readonly alias: string;
  readonly keyIdentifier: string;
  readonly size: number;
}

/** Keys that were never anywhere but in the token: made there, certified by an authority, attached. */
@Injectable()
export class GeneratedKeyService {
  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    private readonly keys: VaultKeys,
    private readonly policy: CertificatePolicy,
    private readonly audit: CertificateAudit,
    private readonly feed: CertificateChangeFeed,
  ) {}

  /** Keys of the contact center that wait for their certificate. */
  async waiting(contactCenter: string): Promise<GeneratedKey[]> {
    const keys = await this.keys.list(contactCenter);
    return keys
      .filter(({ certificate }) => certificate === '')
      .map(({ alias, keyIdentifier, modulusBits }) => ({ alias, keyIdentifier, size: modulusBits }));
  }

  /** @throws RcsError RCS_CERTIFICATE_EXISTS when the alias is taken by a certificate or by another key that waits. */
  async generate(administrator: Administrator, alias: string, size: 2048 | 3072 | 4096): Promise<GeneratedKey> {
    requireFreshLogin(administrator);
    const { contactCenter } = administrator;
    const taken =
      (await this.certificates.find(contactCenter, alias)) ??
      (await this.waiting(contactCenter)).find(key => key.alias === alias);
    if (taken !== undefined) {
      throw new RcsError('RCS_CERTIFICATE_EXISTS', undefined, {
        publicDetail: `the alias ${JSON.stringify(alias)} is taken`,
      });
    }
    const key = await this.audit.act(
      administrator,
      { event: 'certificate-key-generated', certificateAlias: alias, detail: `RSA ${size}` },
      () => this.keys.generate(administrator, alias, size),
    );
    this.keys.forget();
    this.feed.announce(administrator, 'certificate', 'key-generated', alias);
    return { alias, keyIdentifier: key.keyIdentifier, size: key.modulusBits };
  }

  /** PKCS#10 (RFC 2986), PEM. @throws RcsError RCS_CERTIFICATE_NOT_FOUND when no key of this alias waits. */
  async certificateSigningRequest(administrator: Administrator, alias: string, subject: string): Promise<string> {
    const { contactCenter, requestId } = administrator;
    const key = await this.requireWaiting(contactCenter, alias);
    return this.audit.act(
      administrator,
      { event: 'certificate-request-created', certificateAlias: alias, detail: subject },
      () => this.keys.certificateSigningRequest(contactCenter, key.keyIdentifier, subject, requestId),
    );
  }

  /**
   * @param sameName confirms that another key of the contact center may bear the names of the certificate.
   * @throws RcsError when the certificate is not for this key, or may not encrypt; RCS_CERTIFICATE_SAME_NAME
   */
  async attach(
    administrator: Administrator,
    alias: string,
    pem: string,
    sameName: boolean,
  ): Promise<RecordingCertificate> {
    requireFreshLogin(administrator);
    const { contactCenter } = administrator;
    const [certificate, ...chain] = orRefuse(() => parseCertificatePem(pem));
    const key = await this.requireWaiting(contactCenter, alias);
    this.check([certificate, ...chain], key);
    await requireNameOfItsOwn(await this.certificates.list(contactCenter), certificate, sameName);
    const added = await this.audit.act(
      administrator,
      { event: 'certificate-attached', certificateAlias: alias, detail: `SHA-256 ${certificate.fingerprint}` },
      async () => {
        await this.keys.attach(administrator, { alias, certificate: certificate.pem }, key.keyIdentifier);
        this.keys.forget();
        return this.certificates.add(entryOf(administrator, alias, certificate, chain));
      },
    );
    this.feed.announce(administrator, 'certificate', 'attached', alias);
    return added.certificate;
  }

  private check(chain: [CertificateInfo, ...CertificateInfo[]], key: GeneratedKey): void {
    if (chain[0].keyIdentifier.toString('hex') !== key.keyIdentifier) {
      throw new RcsError('RCS_KEY_REFUSED', undefined, {
        publicDetail: `the certificate was not issued for the key ${JSON.stringify(key.alias)}: attach the one that answers its request`,
        reason: 'KEY_MISMATCH',
      });
    }
    const [problem] = this.policy.problemsAtUpload(chain);
    if (problem === undefined) return;
    throw new RcsError('RCS_CERTIFICATE_NOT_VALID', undefined, { publicDetail: problem.message, reason: problem.code });
  }

  private async requireWaiting(contactCenter: string, alias: string): Promise<GeneratedKey> {
    const key = (await this.waiting(contactCenter)).find(one => one.alias === alias);
    if (key !== undefined) return key;
    throw new RcsError('RCS_CERTIFICATE_NOT_FOUND', undefined, {
      publicDetail: `no key ${JSON.stringify(alias)} waits for a certificate`,
    });
  }
}

function entryOf(
  administrator: Administrator,
  alias: string,
  certificate: CertificateInfo,
  chain: readonly CertificateInfo[],
): RecordingCertificate {
  const { by, at } = originOf(administrator);
  return {
    contactCenter: administrator.contactCenter,
    alias,
    certificate: certificate.pem,
    chain: chain.map(({ pem }) => pem).join(''),
    fingerprint: certificate.fingerprint,
    keyIdentifier: certificate.keyIdentifier.toString('hex'),
    keyFormat: 'generated in the token',
    decryptOnly: false,
    state: 'active',
    createdAt: at,
    createdBy: by,
  };
}
