import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { CertificateStore, KeptArchive, RecordingCertificate, RemovalResult } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { originOf, type Administrator } from '../access/certificate-administrator.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { unknownCertificate } from './certificate-errors.js';
import { CertificateCatalog } from './certificate-catalog.service.js';
import { CertificateNeedsService } from './certificate-needs.js';
import { disabledTimes } from './certificate-resource.js';
import { requireFreshLogin } from '../access/fresh-login.js';
import { CertificateChangeFeed } from '../certificate-events/certificate-change-feed.js';
import { VaultKeys } from '../vaults/vault-keys.js';
import { ForgottenKeys } from '../workers/forgotten-keys.js';

/** A private key that was taken out of use. */
export interface DisabledPrivateKey {
  readonly keyState: 'disabled';
  readonly disabledAt?: string;
  /** Until then at least it can be restored. */
  readonly destroyableAt?: string;
}

export interface KeyRemovalRequest {
  /** The alias typed again. */
  readonly confirm?: string | undefined;
  /** How many recordings will not play any more, where there are any: whoever says the number has read it. */
  readonly unplayable?: number | undefined;
  /** What operators have signed about it, where sources cannot be listed. */
  readonly approvals?: readonly string[] | undefined;
}

/**
 * Deletes certificates without losing recordings by accident. The key in the token is taken out of use by a second act,
 * and destroyed by a third one that no gateway can do.
 */
@Injectable()
export class CertificateRemovalService {
  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    private readonly list: CertificateCatalog,
    private readonly needs: CertificateNeedsService,
    private readonly keys: VaultKeys,
    private readonly forgotten: ForgottenKeys,
    private readonly audit: CertificateAudit,
    private readonly feed: CertificateChangeFeed,
  ) {}

  /**
   * Takes the certificate out of use; certificate and public key stay for the record.
   * @param force the alias typed again: then assignments and recordings that need it do not hold it.
   * Where recordings are unknown there is no count to confirm, so force does not help.
   * @throws RcsError RCS_CERTIFICATE_IN_USE with the counts, RCS_RECORDINGS_UNKNOWN, RCS_CONFIRMATION_REQUIRED for a force
   * that is not the alias.
   */
  async delete(administrator: Administrator, alias: string, force: string | undefined): Promise<RemovalResult> {
    const { contactCenter } = administrator;
    const stored = await this.audit.check(
      administrator,
      { event: 'certificate-deleted', certificateAlias: alias },
      () => {
        if (force !== undefined && force !== alias) throw typeAgain(alias, 'to delete it although it is in use');
        return this.list.requireActive(contactCenter, alias);
      },
    );
    const result = await this.audit.act(
      administrator,
      { event: 'certificate-deleted', certificateAlias: alias, detail: force === undefined ? 'guarded' : 'forced' },
      async () => this.remove(administrator, stored, force !== undefined),
    );
    this.feed.announce(administrator, 'certificate', 'deleted', alias);
    return result;
  }

  /**
   * Takes the private key of a deleted certificate out of use in every token: it opens nothing from now on, and can be
   * restored until operators destroy it.
   * @throws RcsError RCS_CERTIFICATE_IN_USE while the certificate is not deleted or another one has the same key, and with
   *   the number of recordings that only this key opens unless just that number was said: recordings may have come since
   *   the certificate was deleted; naming archives, while any that was made here needs the key. RCS_RECORDINGS_UNKNOWN while any recording may need it, RCS_CONFIRMATION_REQUIRED, RCS_APPROVAL_REQUIRED naming the sources that operators must have thought of.
   */
  async removeKey(
    administrator: Administrator,
    alias: string,
    { confirm, unplayable = 0, approvals = [] }: KeyRemovalRequest,
  ): Promise<DisabledPrivateKey> {
    const { contactCenter } = administrator;
    const act = { event: 'certificate-key-removed', certificateAlias: alias } as const;
    const { keyIdentifier, unlistableSources } = await this.audit.check(administrator, act, () => {
      requireFreshLogin(administrator);
      return this.requireRemovable(contactCenter, alias, confirm, unplayable);
    });
    const detail = [`key ${keyIdentifier}`, ...unlistableSources.map(source => `source ${source}`)].join(', ');
    const disabled = await this.audit.act(administrator, { ...act, detail }, async () => {
      const key = await this.keys.disable(administrator, { alias, keyIdentifier }, { unlistableSources, approvals });
      await this.forgotten.announce({ contactCenter, keyIdentifier }, administrator.requestId);
      await this.certificates.noteKeyRemoved(contactCenter, alias, originOf(administrator).at);
      return key;
    });
    this.feed.announce(administrator, 'certificate', 'key-removed', alias);
    return { keyState: 'disabled', ...disabledTimes(disabled) };
  }

  /** Takes a disabled private key into use again; what it opens plays at once. @throws RcsError RCS_NOT_FOUND */
  async restoreKey(administrator: Administrator, alias: string): Promise<{ readonly keyState: 'present' }> {
    const { contactCenter } = administrator;
    const act = { event: 'certificate-key-restored', certificateAlias: alias } as const;
    const { keyIdentifier } = await this.audit.check(administrator, act, () => {
      requireFreshLogin(administrator);
      return this.list.require(contactCenter, alias);
    });
    await this.audit.act(administrator, { ...act, detail: `key ${keyIdentifier}` }, async () => {
      await this.keys.enable(administrator, { alias, keyIdentifier });
      await this.certificates.noteKeyRemoved(contactCenter, alias, undefined);
    });
    this.feed.announce(administrator, 'certificate', 'key-restored', alias);
    return { keyState: 'present' };
  }

  private async requireRemovable(
    contactCenter: string,
    alias: string,
    confirmation: string | undefined,
    unplayable: number,
  ) {
    const stored = await this.list.require(contactCenter, alias);
    if (stored.state === 'active') {
      throw new RcsError('RCS_CERTIFICATE_IN_USE', undefined, {
        publicDetail: `delete the certificate ${JSON.stringify(alias)} first; its key is removed by a second act`,
      });
    }
    const sharing = (await this.certificates.list(contactCenter)).find(
      other => other.state === 'active' && other.keyIdentifier === stored.keyIdentifier,
    );
    if (sharing !== undefined) {
      throw new RcsError('RCS_CERTIFICATE_IN_USE', undefined, {
        publicDetail:
          `the private key of ${JSON.stringify(alias)} is also that of ${JSON.stringify(sharing.alias)}, which is in use: ` +
          'delete that certificate first',
      });
    }
    const { needs, unknown, unlistable } = await this.needs.needsOf(stored);
    if (unknown > 0) throw unknownRecordings(alias, unknown);
    if (needs.archives > 0) {
      const archives = await this.needs.archivesNeeding(await this.needs.questionOf(stored));
      throw keyOfArchives(alias, needs.archives, archives);
    }
    if (confirmation !== alias) {
      const lost = needs.recordings === 0 ? '' : `, and with it ${counted(needs.recordings)} that only it opens`;
      throw typeAgain(alias, `to take its private key out of use${lost}`);
    }
    if (unplayable !== needs.recordings) throw neededKey(alias, needs.recordings);
    return { keyIdentifier: stored.keyIdentifier, unlistableSources: unlistable };
  }

  private async remove(
    administrator: Administrator,
    stored: RecordingCertificate,
    force: boolean,
  ): Promise<RemovalResult> {
    const { alias } = stored;
    const question = await this.needs.questionOf(stored);
    const result = await this.certificates.remove({ ...question, force, origin: originOf(administrator) });
    if (result.outcome === 'not-found') throw unknownCertificate(alias);
    if (result.outcome === 'unknown') throw unknownRecordings(alias, result.unknown);
    if (result.outcome === 'removed') return result;
    const { assignments, recordings, archives } = result;
    const named = archives === 0 ? [] : await this.needs.archivesNeeding(question);
    const ofArchives = archives === 0 ? '' : `; so ${archives === 1 ? 'does' : 'do'} ${archivesText(archives, named)}`;
    const reason = archives > 0 ? 'NEEDED_BY_ARCHIVES' : 'ASSIGNED';
    throw new RcsError('RCS_CERTIFICATE_IN_USE', undefined, {
      publicDetail:
        `${JSON.stringify(alias)} is assigned ${times(assignments)} and ${counted(recordings)} ` +
        `${recordings === 1 ? 'needs' : 'need'} it${ofArchives}: renew it and rewrap the recordings first, ` +
        'or force the deletion by typing the alias again',
      reason: recordings > 0 ? 'NEEDED_BY_RECORDINGS' : reason,
    });
  }
}

/** How many, and the newest of them. */
function archivesText(count: number, named: readonly KeptArchive[]): string {
  const each = named.map(
    ({ id, begunAt, mediaFiles }) =>
      `${id} of ${begunAt} with ${mediaFiles} media ${mediaFiles === 1 ? 'file' : 'files'}`,
  );
  const more = count > named.length ? [`${count - named.length} more`] : [];
  return `${count} ${count === 1 ? 'archive that was' : 'archives that were'} made here (${[...each, ...more].join(', ')})`;
}

const keyOfArchives = (alias: string, count: number, named: readonly KeptArchive[]): RcsError =>
  new RcsError('RCS_CERTIFICATE_IN_USE', undefined, {
    publicDetail:
      `only the private key of ${JSON.stringify(alias)} opens ${archivesText(count, named)}, wherever ` +
      `${count === 1 ? 'it is' : 'they are'}: release those that nobody needs any more first ` +
      `(rcsctl archive kept list --certificate ${alias}, rcsctl archive kept release)`,
    reason: 'NEEDED_BY_ARCHIVES',
  });

/** No count, so nothing that could be confirmed. */
const unknownRecordings = (alias: string, count: number): RcsError =>
  new RcsError('RCS_RECORDINGS_UNKNOWN', undefined, {
    publicDetail:
      `unknown: ${counted(count)}. Nobody has read yet whom ${count === 1 ? 'it is' : 'they are'} for, so ` +
      `${JSON.stringify(alias)} may be needed: wait until they are inspected (rcsctl recordings index-status shows ` +
      'how far that is, and what cannot be read)',
    reason: 'NOT_INSPECTED',
  });

const neededKey = (alias: string, recordings: number): RcsError =>
  new RcsError('RCS_CERTIFICATE_IN_USE', undefined, {
    publicDetail:
      recordings === 0
        ? `no recording needs the private key of ${JSON.stringify(alias)} any more: leave the number out`
        : `only the private key of ${JSON.stringify(alias)} opens ${counted(recordings)}: rewrap them first, ` +
          `or say that they shall not play any more (--unplayable ${recordings})`,
    reason: 'NEEDED_BY_RECORDINGS',
  });

const typeAgain = (alias: string, purpose: string): RcsError =>
  new RcsError('RCS_CONFIRMATION_REQUIRED', undefined, {
    publicDetail: `type the alias ${JSON.stringify(alias)} again ${purpose}`,
  });

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const counted = (recordings: number): string => `${recordings} ${recordings === 1 ? 'recording' : 'recordings'}`;
