import { Inject, Injectable } from '@nestjs/common';
import type { KeyEntry } from '#contracts';
import type {
  CertificateStore,
  CertificateUse,
  KeptArchive,
  KeptArchiveStore,
  RecordingCertificate,
  UseQuestion,
} from '#store';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, storeTokens } from '../dependencies/injection-tokens.js';
import { CertificateCatalog } from './certificate-catalog.service.js';
import { namesUnder, summaryOf } from '../envelopes/certificate-summary.js';
import { SharedNames } from './shared-names.js';

/** Whoever reads of more asks for the list. */
const namedArchives = 3;

/** What would be lost without the key of a certificate, as far as anybody can tell. */
export interface CertificateNeeds {
  /** Counted: assignments, and recordings and archives that no other certificate opens. */
  readonly needs: Omit<CertificateUse, 'unknown'>;
  /** Recordings of the contact center of which nobody knows yet whom they are for: any of them may need it. */
  readonly unknown: number;
  /** Sources of recordings that cannot be listed: whatever they have may need it, too. */
  readonly unlistable: readonly string[];
}

/** Counts what needs a certificate, from the stored files and not only from what metadata says of them. */
@Injectable()
export class CertificateNeedsService {
  /** Where recordings may be that no list of ours has: another server's metadata, archives of another server. */
  private readonly unlistable: readonly string[];
  private readonly recordingSources: GatewayConfiguration['recordingSources'];

  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    @Inject(storeTokens.keptArchives) private readonly archives: Pick<KeptArchiveStore, 'list' | 'count'>,
    private readonly list: CertificateCatalog,
    @Inject(CONFIGURATION)
    {
      recordingCertificates,
      recordingSources,
    }: Pick<GatewayConfiguration, 'recordingCertificates' | 'recordingSources'>,
  ) {
    this.unlistable = recordingCertificates.unlistableSources;
    this.recordingSources = recordingSources;
  }

  async needsOf(stored: RecordingCertificate): Promise<CertificateNeeds> {
    const { unknown, ...needs } = await this.certificates.use(await this.questionOf(stored));
    return { needs, unknown, unlistable: this.unlistableOf(stored.contactCenter) };
  }

  /** Some of the archives that need it, the newest first. */
  archivesNeeding(question: UseQuestion): Promise<readonly KeptArchive[]> {
    const { contactCenter } = question;
    return this.archives.list({ contactCenter, needing: question, limit: namedArchives });
  }

  /**
   * How many archives need its key, for people: by keys that were there some seconds ago.
   * @throws RcsError RCS_CERTIFICATE_NOT_FOUND
   */
  async countArchives(contactCenter: string, alias: string): Promise<number> {
    const stored = await this.list.require(contactCenter, alias);
    const recipients = namesUnder(summaryOf(stored), alias);
    // Most certificates are in no archive: then nobody has to know which others there are.
    if ((await this.archives.count({ contactCenter, recipients, otherRecipients: [] })) === 0) return 0;
    const otherRecipients = await this.otherRecipients(stored, await this.list.knownKeys(contactCenter));
    return this.archives.count({ contactCenter, recipients, otherRecipients });
  }

  /** An RWS has recordings that nobody has asked for yet; whom those are for only it could say. */
  private unlistableOf(contactCenter: string): readonly string[] {
    const sources = this.recordingSources.filter(source => source.contactCenter === contactCenter);
    return [...this.unlistable, ...sources.map(({ url }) => `RWS ${new URL(url).host}`)];
  }

  /** By which names envelopes mean the certificate, and by which they mean others that open them as well. */
  async questionOf(stored: RecordingCertificate): Promise<UseQuestion> {
    const { contactCenter, alias } = stored;
    const recipients = namesUnder(summaryOf(stored), alias);
    const keys = await this.list.keysNow(contactCenter);
    return { contactCenter, alias, recipients, otherRecipients: await this.otherRecipients(stored, keys) };
  }

  /** Names of the certificates that open recordings as well: active, with their key in a token for certain. */
  private async otherRecipients(
    { contactCenter, alias, keyIdentifier }: RecordingCertificate,
    keys: readonly KeyEntry[] = [],
  ): Promise<string[]> {
    const present = new Set(keys.filter(({ state }) => state !== 'DISABLED').map(key => key.keyIdentifier));
    const all = await this.certificates.list(contactCenter);
    const shared = await SharedNames.of(all);
    const others = all.filter(
      other => other.alias !== alias && other.state === 'active' && present.has(other.keyIdentifier),
    );
    const sameKey = others.filter(other => other.keyIdentifier === keyIdentifier);
    const otherKeys = others.filter(other => other.keyIdentifier !== keyIdentifier);
    const names = (some: readonly RecordingCertificate[]): string[] =>
      some.flatMap(other => namesUnder(summaryOf(other), other.alias));
    return [
      // A renewal over the same key keeps that key; what names the key itself is opened by the other certificate, too.
      ...(sameKey.length > 0 ? [`key:${keyIdentifier}`] : []),
      ...names(sameKey),
      // A name that certificates with two keys share does not say which of them opens a recording.
      ...names(otherKeys).filter(name => !shared.isAmbiguous(name)),
    ];
  }
}
