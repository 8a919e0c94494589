import { Inject, Injectable } from '@nestjs/common';
import {
  keyMatchesCertificate,
  parseCertificatePem,
  parsePrivateKeyPem,
  type CertificateInfo,
  type ParsedPrivateKey,
} from '#certificates';
import { RcsError } from '#platform';
import type { AdditionResult, AssignmentTarget, CertificateStore, RecordingCertificate } from '#store';
import { storeTokens } from '../../dependencies/injection-tokens.js';
import { originOf, type Administrator } from '../../access/certificate-administrator.js';
import { CertificateAudit } from '../../audit/certificate-audit.js';
import { orRefuse } from '../certificate-errors.js';
import { CertificateCatalog } from '../certificate-catalog.service.js';
import { CertificatePolicy } from '../certificate-policy.js';
import { requireFreshLogin } from '../../access/fresh-login.js';
import { CertificateChangeFeed } from '../../certificate-events/certificate-change-feed.js';
import { VaultKeys, type EncryptedPrivateKey } from '../../vaults/vault-keys.js';
import { targetName } from '../certificate-resource.js';
import { ClearPrivateKeys } from './clear-private-keys.js';
import type { CertificateUpload } from './certificate-input.js';
import { dateWarnings } from './certificate-inspection.js';
import { requireNameOfItsOwn } from '../shared-names.js';
import { freeAlias, suggestAlias } from './suggest-alias.js';

export interface UploadResult {
  readonly outcome: 'created' | 'known' | 'restored';
  readonly certificate: RecordingCertificate;
  readonly warnings: readonly string[];
}

/** As many as an assignment takes. */
const mostAssigned = 64;

type Chain = [CertificateInfo, ...CertificateInfo[]];

/** Takes in a certificate and its private key. Everything is checked before anything is kept. */
@Injectable()
export class CertificateUploadService {
  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    private readonly keys: VaultKeys,
    private readonly policy: CertificatePolicy,
    private readonly audit: CertificateAudit,
    private readonly feed: CertificateChangeFeed,
    private readonly clearKeys: ClearPrivateKeys,
    private readonly list: CertificateCatalog,
  ) {}

  /** @throws RcsError saying what was wrong with which file; nothing is stored then. */
  async upload(administrator: Administrator, upload: CertificateUpload): Promise<UploadResult> {
    const { chain, warnings, key } = await this.audit.check(administrator, { event: 'certificate-uploaded' }, () => {
      requireFreshLogin(administrator);
      return this.read(upload);
    });
    try {
      const alias = await this.audit.check(administrator, { event: 'certificate-uploaded' }, () =>
        this.chooseAlias(administrator.contactCenter, upload, chain[0]),
      );
      const added = await this.audit.act(
        administrator,
        { event: 'certificate-uploaded', certificateAlias: alias, detail: `SHA-256 ${chain[0].fingerprint}` },
        () => this.assigning(administrator, upload, alias, () => this.keep(administrator, upload, alias, chain, key)),
      );
      if (added.outcome !== 'known') this.feed.announce(administrator, 'certificate', 'uploaded', alias);
      if (upload.assignTo !== undefined) {
        this.feed.announce(administrator, 'assignment', 'assigned', targetName(profileOf(upload.assignTo)));
      }
      return { ...added, warnings: [...warnings, ...otherAlias(upload.alias, alias)] };
    } finally {
      key?.pkcs8.fill(0);
    }
  }

  /** Both acts are in the audit before anything happens, and both again when it fails. */
  private async assigning<T>(
    administrator: Administrator,
    { assignTo }: CertificateUpload,
    alias: string,
    work: () => Promise<T>,
  ): Promise<T> {
    if (assignTo === undefined) return work();
    const detail = `${targetName(profileOf(assignTo))}: ${alias}, with its upload`;
    return this.audit.act(administrator, { event: 'certificates-assigned', certificateAlias: alias, detail }, work);
  }

  private read(upload: CertificateUpload) {
    this.clearKeys.check(upload);
    const chain = orRefuse(() => parseCertificatePem(upload.certificate), 'certificate');
    const warnings = this.judge(chain, upload.decryptOnly);
    // What may not encrypt at this moment is not even stored.
    if (upload.assignTo !== undefined) this.policy.requireForEncryption(storedForm(chain));
    return { chain, warnings, key: openKey(upload, chain[0]) };
  }

  /** Path problems refuse a certificate that shall encrypt; for one that shall only open old recordings they are warnings. */
  private judge(chain: Chain, decryptOnly: boolean): string[] {
    const problems = this.policy.problemsAtUpload(chain);
    const [first] = problems;
    if (first !== undefined && !decryptOnly) {
      throw new RcsError('RCS_CERTIFICATE_NOT_VALID', first.message, {
        publicDetail: `${first.message}. With decryptOnly it may be uploaded to open old recordings`,
        reason: first.code,
      });
    }
    return [...dateWarnings(chain[0], new Date()), ...problems.map(({ message }) => message)];
  }

  /**
   * The alias of the very same certificate, else the wanted one.
   * @throws RcsError RCS_CERTIFICATE_EXISTS, RCS_CERTIFICATE_SAME_NAME
   */
  private async chooseAlias(
    contactCenter: string,
    { alias: wanted, sameName, assignTo }: CertificateUpload,
    certificate: CertificateInfo,
  ): Promise<string> {
    const { fingerprint } = certificate;
    const stored = await this.certificates.list(contactCenter);
    const same = stored.find(one => one.fingerprint === fingerprint);
    if (assignTo !== undefined) await this.requireAssignable(contactCenter, assignTo, same);
    if (same !== undefined) return same.alias;
    await requireNameOfItsOwn(stored, certificate, sameName);
    const taken = new Set(stored.map(({ alias }) => alias));
    if (wanted === undefined) return freeAlias(suggestAlias(certificate), fingerprint, taken);
    if (taken.has(wanted)) throw aliasTaken(wanted);
    return wanted;
  }

  /** @throws RcsError RCS_CERTIFICATE_NOT_VALID, RCS_KEY_DISABLED */
  private async requireAssignable(contactCenter: string, profile: string, same: RecordingCertificate | undefined) {
    if (same?.state === 'active' && same.decryptOnly) throw decryptsOnly(same.alias);
    if (same !== undefined) await this.list.requireEnabledKey(same);
    const assigned = await this.certificates.assignment(contactCenter, profileOf(profile));
    if ((assigned?.aliases.length ?? 0) < mostAssigned) return;
    throw new RcsError('RCS_INVALID_VALUE', undefined, {
      publicDetail: `assignTo: ${mostAssigned} certificates are assigned to ${JSON.stringify(profile)}: take some of them out first`,
    });
  }

  private async keep(
    administrator: Administrator,
    upload: CertificateUpload,
    alias: string,
    chain: Chain,
    key: ParsedPrivateKey | undefined,
  ): Promise<Omit<UploadResult, 'warnings'>> {
    const { contactCenter, requestId } = administrator;
    const [certificate] = chain;
    await this.keys.import(
      administrator,
      { alias, certificate: certificate.pem },
      await this.encryptedKeys(upload, key, requestId),
    );
    const { by, at } = originOf(administrator);
    const keyIdentifier = certificate.keyIdentifier.toString('hex');
    const { assignTo } = upload;
    const added = await this.certificates.add(
      {
        contactCenter,
        alias,
        ...storedForm(chain),
        keyIdentifier,
        keyFormat: key?.format ?? upload.keyFormat ?? 'encrypted by the sender (JWE)',
        decryptOnly: upload.decryptOnly,
        state: 'active',
        createdAt: at,
        createdBy: by,
      },
      assignTo === undefined ? undefined : { target: profileOf(assignTo), origin: { by, at } },
    );
    if (added.outcome === 'not-assignable') throw decryptsOnly(alias);
    if (added.outcome !== 'alias-taken') return { ...added, outcome: outcomeOf(added) };
    // Somebody took the alias a moment ago. What the token has got by then stays there: no gateway takes keys out.
    throw aliasTaken(alias);
  }

  private async encryptedKeys(
    { keyJwe }: CertificateUpload,
    key: ParsedPrivateKey | undefined,
    requestId: string,
  ): Promise<readonly EncryptedPrivateKey[]> {
    return key === undefined ? (keyJwe ?? []) : this.keys.encrypted(key.pkcs8, requestId);
  }
}

const outcomeOf = ({ outcome }: AdditionResult): UploadResult['outcome'] =>
  outcome === 'alias-taken' || outcome === 'not-assignable' ? 'known' : outcome;

const profileOf = (name: string): AssignmentTarget => ({ kind: 'ivr-profile', name });

const storedForm = ([certificate, ...intermediates]: Chain) => ({
  certificate: certificate.pem,
  chain: intermediates.map(({ pem }) => pem).join(''),
  fingerprint: certificate.fingerprint,
});

const decryptsOnly = (alias: string): RcsError =>
  new RcsError('RCS_CERTIFICATE_NOT_VALID', undefined, {
    publicDetail: `${JSON.stringify(alias)} is there already and only opens old recordings: it is assigned to nothing`,
  });

/** @throws RcsError RCS_KEY_REFUSED; a key that comes as JWE is checked by the vault, which alone can open it. */
function openKey(
  { privateKey, password }: CertificateUpload,
  certificate: CertificateInfo,
): ParsedPrivateKey | undefined {
  if (privateKey === undefined) return undefined;
  const file = Buffer.from(privateKey, 'latin1');
  const secret = password === undefined ? undefined : Buffer.from(password, 'utf8');
  try {
    const key = orRefuse(() => parsePrivateKeyPem(file, secret), 'privateKey');
    if (keyMatchesCertificate(key.publicKey, certificate)) return key;
    key.pkcs8.fill(0);
  } finally {
    file.fill(0);
    secret?.fill(0);
  }
  throw new RcsError('RCS_KEY_REFUSED', undefined, {
    publicDetail: 'the private key does not belong to the certificate: choose the pair that was made together',
    reason: 'KEY_MISMATCH',
  });
}

/** A certificate has one alias: that of its first upload, whatever later ones say. */
const otherAlias = (wanted: string | undefined, alias: string): readonly string[] =>
  wanted === undefined || wanted === alias
    ? []
    : [
        `the certificate is there already, as ${JSON.stringify(alias)}; the alias ${JSON.stringify(wanted)} was not given`,
      ];

const aliasTaken = (alias: string): RcsError =>
  new RcsError('RCS_CERTIFICATE_EXISTS', undefined, {
    publicDetail: `the alias ${JSON.stringify(alias)} belongs to another certificate`,
  });
