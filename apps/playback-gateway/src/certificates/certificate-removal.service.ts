import { RcsError } from '#platform';
import type { CertificateStore, RecordingCertificate, RemovalResult } from '#store';
import { originOf, type Administrator } from './administrator.js';
import type { CertificateAudit } from './certificate-audit.js';
import { unknownCertificate } from './certificate-errors.js';
import type { CertificateListService } from './certificate-list.service.js';
import type { CertificateChangeFeed } from './events/certificate-change-feed.js';
import type { VaultKeys } from './keys/vault-keys.js';
import { recipientNamesOf } from './recipient-names.js';
import { certificateOf } from './stored-chain.js';

/** Deletes certificates without losing recordings by accident. The key in the token goes by a second act of its own. */
export class CertificateRemovalService {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly list: CertificateListService,
    private readonly keys: VaultKeys,
    private readonly audit: CertificateAudit,
    private readonly feed: CertificateChangeFeed,
  ) {}

  /**
   * Takes the certificate out of use; certificate and public key stay for the record.
   * @param force the alias typed again: then assignments and recordings that need it do not hold it.
   * @throws RcsError RCS_CERTIFICATE_IN_USE with the counts, RCS_CONFIRMATION_REQUIRED for a force that is not the alias.
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
   * Removes the private key of a deleted certificate from every token, for ever.
   * @throws RcsError RCS_CERTIFICATE_IN_USE while the certificate is not deleted, RCS_CONFIRMATION_REQUIRED.
   */
  async removeKey(
    administrator: Administrator,
    alias: string,
    confirmation: string | undefined,
  ): Promise<{ readonly privateKeyDestroyed: boolean }> {
    const { contactCenter, requestId } = administrator;
    const act = { event: 'certificate-key-removed', certificateAlias: alias } as const;
    const stored = await this.audit.check(administrator, act, () =>
      this.requireRemovable(contactCenter, alias, confirmation),
    );
    const destroyed = await this.audit.act(
      administrator,
      { ...act, detail: `key ${stored.keyIdentifier}` },
      async () => {
        const gone = await this.keys.remove(contactCenter, alias, stored.keyIdentifier, requestId);
        await this.certificates.noteKeyRemoved(contactCenter, alias, originOf(administrator).at);
        return gone;
      },
    );
    this.feed.announce(administrator, 'certificate', 'key-removed', alias);
    return { privateKeyDestroyed: destroyed };
  }

  private async requireRemovable(contactCenter: string, alias: string, confirmation: string | undefined) {
    const stored = await this.list.require(contactCenter, alias);
    if (stored.state === 'active') {
      throw new RcsError('RCS_CERTIFICATE_IN_USE', undefined, {
        publicDetail: `delete the certificate ${JSON.stringify(alias)} first; its key is removed by a second act`,
      });
    }
    if (confirmation !== alias) throw typeAgain(alias, 'to remove its private key for ever');
    return stored;
  }

  private async remove(
    administrator: Administrator,
    stored: RecordingCertificate,
    force: boolean,
  ): Promise<RemovalResult> {
    const { contactCenter, alias } = stored;
    const result = await this.certificates.remove({
      contactCenter,
      alias,
      recipients: recipientNamesOf(certificateOf(stored), alias),
      otherRecipients: await this.otherRecipients(stored),
      force,
      origin: originOf(administrator),
    });
    if (result.outcome === 'not-found') throw unknownCertificate(alias);
    if (result.outcome === 'removed') return result;
    const { assignments, recordings } = result;
    throw new RcsError('RCS_CERTIFICATE_IN_USE', undefined, {
      publicDetail:
        `${JSON.stringify(alias)} is assigned ${times(assignments)} and ${recordings} ` +
        `${recordings === 1 ? 'recording needs' : 'recordings need'} it: renew it and rewrap the recordings first, ` +
        'or force the deletion by typing the alias again',
      reason: recordings > 0 ? 'NEEDED_BY_RECORDINGS' : 'ASSIGNED',
    });
  }

  /** Names of the certificates that open recordings as well: active, with their key in a token for certain. */
  private async otherRecipients({ contactCenter, alias, keyIdentifier }: RecordingCertificate): Promise<string[]> {
    const keys = (await this.list.knownKeys(contactCenter)) ?? [];
    const present = new Set(keys.map(key => key.keyIdentifier));
    const others = (await this.certificates.list(contactCenter)).filter(
      other => other.alias !== alias && other.state === 'active' && present.has(other.keyIdentifier),
    );
    // A renewal over the same key keeps that key; what names the key itself is then opened by the other certificate too.
    const own = others.some(other => other.keyIdentifier === keyIdentifier) ? [`key:${keyIdentifier}`] : [];
    return [...own, ...others.flatMap(other => recipientNamesOf(certificateOf(other), other.alias))];
  }
}

const typeAgain = (alias: string, purpose: string): RcsError =>
  new RcsError('RCS_CONFIRMATION_REQUIRED', undefined, {
    publicDetail: `type the alias ${JSON.stringify(alias)} again ${purpose}`,
  });

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
