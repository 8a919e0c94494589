import { Inject, Injectable } from '@nestjs/common';
import { parseCertificatePem } from '#certificates';
import { RcsError } from '#platform';
import type { AssignmentTarget, CertificateAssignment, CertificateStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { originOf, type Administrator } from '../access/certificate-administrator.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { orRefuse } from '../certificates/certificate-errors.js';
import { CertificateCatalog } from '../certificates/certificate-catalog.service.js';
import { CertificatePolicy } from '../certificates/certificate-policy.js';
import { targetName, type CertificateRow } from '../certificates/certificate-resource.js';
import { CertificateChangeFeed } from '../certificate-events/certificate-change-feed.js';
import { readAnnex, writeAnnex } from './annex-text.js';

/** What must be typed before recordings are made unencrypted. */
export const unencryptedConfirmation = 'record unencrypted';

export interface AssignmentView {
  readonly aliases: readonly string[];
  /** False: nothing is assigned, recordings are made unencrypted. */
  readonly encrypted: boolean;
  readonly certificates: readonly CertificateRow[];
  readonly changedAt?: string;
  readonly changedBy?: string;
}

/** Which certificates recordings are encrypted for: per IVR profile, and for the screens of a contact center. */
@Injectable()
export class AssignmentService {
  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    private readonly list: CertificateCatalog,
    private readonly policy: CertificatePolicy,
    private readonly audit: CertificateAudit,
    private readonly feed: CertificateChangeFeed,
  ) {}

  async profiles(contactCenter: string): Promise<{ name: string; aliases: readonly string[]; changedAt: string }[]> {
    const assignments = await this.certificates.assignments(contactCenter);
    return assignments.flatMap(({ target, aliases, changedAt }) =>
      target.kind === 'ivr-profile' ? [{ name: target.name, aliases, changedAt }] : [],
    );
  }

  /** An IVR profile nobody has assigned anything to is unknown; screen recordings are always there. */
  async view(contactCenter: string, target: AssignmentTarget): Promise<AssignmentView> {
    const assignment = await this.find(contactCenter, target);
    const aliases = assignment?.aliases ?? [];
    const certificates = await Promise.all(
      aliases.map(async alias => this.list.row(await this.list.require(contactCenter, alias))),
    );
    return {
      aliases,
      encrypted: aliases.length > 0,
      certificates,
      ...(assignment === undefined ? {} : { changedAt: assignment.changedAt, changedBy: assignment.changedBy }),
    };
  }

  /**
   * Replaces the list. Certificates that are added must be valid now; those that were assigned before may stay.
   * @throws RcsError RCS_CONFIRMATION_REQUIRED for an empty list without the words that confirm it.
   */
  async assign(
    administrator: Administrator,
    target: AssignmentTarget,
    aliases: readonly string[],
    confirmation: string | undefined,
  ): Promise<AssignmentView> {
    const { contactCenter } = administrator;
    const detail = `${targetName(target)}: ${aliases.join(', ') || 'unencrypted'}`;
    await this.audit.check(administrator, { event: 'certificates-assigned' }, async () => {
      if (aliases.length === 0 && confirmation !== unencryptedConfirmation) throw confirmUnencrypted(target);
      await this.checkAssignable(contactCenter, target, aliases);
    });
    const { by: changedBy, at: changedAt } = originOf(administrator);
    await this.audit.act(administrator, { event: 'certificates-assigned', detail }, async () => {
      const result = await this.certificates.assign({ contactCenter, target, aliases, changedAt, changedBy });
      if (result.outcome === 'unknown-alias') throw notAssignable(result.alias);
    });
    this.feed.announce(administrator, 'assignment', 'assigned', targetName(target));
    return this.view(contactCenter, target);
  }

  /** Forgets an IVR profile. @throws RcsError RCS_CONFIRMATION_REQUIRED while certificates are assigned to it. */
  async unassign(
    administrator: Administrator,
    target: AssignmentTarget,
    confirmation: string | undefined,
  ): Promise<void> {
    const assignment = await this.find(administrator.contactCenter, target);
    if ((assignment?.aliases.length ?? 0) > 0 && confirmation !== unencryptedConfirmation) {
      throw confirmUnencrypted(target);
    }
    await this.audit.act(administrator, { event: 'certificates-unassigned', detail: targetName(target) }, () =>
      this.certificates.unassign(administrator.contactCenter, target),
    );
    this.feed.announce(administrator, 'assignment', 'unassigned', targetName(target));
  }

  async exportAnnex(contactCenter: string, target: AssignmentTarget): Promise<string> {
    const aliases = (await this.find(contactCenter, target))?.aliases ?? [];
    const stored = await Promise.all(aliases.map(alias => this.list.require(contactCenter, alias)));
    return writeAnnex(stored.map(({ alias, certificate, chain }) => ({ alias, certificate: certificate || chain })));
  }

  /**
   * Takes over the list of an exported annex. Its certificates are known by what they are, not by their names there.
   * @throws RcsError RCS_KEY_REFUSED naming those whose key was not uploaded: recordings made for them would never play.
   */
  async importAnnex(
    administrator: Administrator,
    target: AssignmentTarget,
    annex: string,
    confirmation: string | undefined,
  ): Promise<AssignmentView> {
    const stored = await this.certificates.list(administrator.contactCenter);
    const missing: string[] = [];
    const aliases: string[] = [];
    for (const option of readAnnex(annex)) {
      const [{ fingerprint }] = orRefuse(() => parseCertificatePem(option.certificate));
      const known = stored.find(one => one.fingerprint === fingerprint && one.state === 'active');
      if (known === undefined) missing.push(option.alias);
      else aliases.push(known.alias);
    }
    if (missing.length > 0) {
      throw new RcsError('RCS_KEY_REFUSED', undefined, {
        publicDetail: `upload these certificates with their private keys first: ${missing.join(', ')}`,
        reason: 'KEY_MISSING',
      });
    }
    return this.assign(administrator, target, [...new Set(aliases)], confirmation);
  }

  /**
   * The certificates a recorder encrypts a new recording for, every one of them valid at this moment.
   * @throws RcsError RCS_CERTIFICATE_NOT_VALID naming the first that is not; nothing is recorded then rather than for
   * fewer than are assigned.
   * @param keysAsOf whether keys are asked for at the vaults, or as they were some seconds ago at most.
   */
  async recipients(
    contactCenter: string,
    target: AssignmentTarget,
    keysAsOf: 'now' | 'lately' = 'now',
  ): Promise<{ alias: string; certificate: string }[]> {
    const aliases = (await this.find(contactCenter, target))?.aliases ?? [];
    return Promise.all(
      aliases.map(async alias => {
        const stored = await this.list.requireActive(contactCenter, alias);
        this.policy.requireForEncryption(stored);
        await this.list.requireEnabledKey(stored, keysAsOf);
        return { alias, certificate: stored.certificate };
      }),
    );
  }

  private async find(contactCenter: string, target: AssignmentTarget): Promise<CertificateAssignment | undefined> {
    const assignment = await this.certificates.assignment(contactCenter, target);
    if (assignment !== undefined || target.kind === 'screen-recording') return assignment;
    throw new RcsError('RCS_NOT_FOUND', undefined, {
      publicDetail: `nothing was ever assigned to the IVR profile ${JSON.stringify(target.name)}`,
    });
  }

  private async checkAssignable(contactCenter: string, target: AssignmentTarget, aliases: readonly string[]) {
    const present = (await this.certificates.assignment(contactCenter, target))?.aliases ?? [];
    for (const alias of aliases) {
      const stored = await this.list.requireActive(contactCenter, alias);
      if (stored.decryptOnly) throw notAssignable(alias);
      if (!present.includes(alias)) this.policy.requireForEncryption(stored);
      await this.list.requireEnabledKey(stored);
    }
  }
}

const notAssignable = (alias: string): RcsError =>
  new RcsError('RCS_CERTIFICATE_NOT_VALID', undefined, {
    publicDetail: `${JSON.stringify(alias)} is no certificate that may encrypt recordings`,
  });

const confirmUnencrypted = (target: AssignmentTarget): RcsError =>
  new RcsError('RCS_CONFIRMATION_REQUIRED', undefined, {
    publicDetail: `without a certificate ${targetName(target)} would be recorded unencrypted: send "confirm": "${unencryptedConfirmation}"`,
  });
