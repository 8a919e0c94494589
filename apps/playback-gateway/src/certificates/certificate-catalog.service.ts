import { Inject, Injectable } from '@nestjs/common';
import type { KeyEntry } from '#contracts';
import { describeError, RcsError, type Logger } from '#platform';
import type { CertificateAssignment, CertificateStore, RecordingCertificate, RewrapStore } from '#store';
import type { GatewayConfiguration } from '../dependencies/gateway-dependencies.js';
import { CONFIGURATION, LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { unknownCertificate } from './certificate-errors.js';
import { CertificateOrders } from './certificate-orders.js';
import {
  isConstant,
  orderOf,
  pageBySize,
  pageOf,
  type CertificatePage,
  type CertificatePageQuery,
  type ChangingColumn,
} from './certificate-page.js';
import { CertificatePolicy } from './certificate-policy.js';
import { certificateRow, targetName, type CertificateRow } from './certificate-resource.js';
import { certificateState, statuses, type KeyPresence } from './certificate-status-text.js';
import { ListedCertificates } from './listed-certificates.js';
import { VaultKeys } from '../vaults/vault-keys.js';
import { namesUnder, summariesOf } from '../envelopes/certificate-summary.js';
import { chainOf } from './stored-chain.js';
import { TokenCertificates } from './token-certificates.js';

/** Lists certificates as they are in store and tokens at this moment; between two lists nothing is remembered but orders of one that is the same. */
@Injectable()
export class CertificateCatalog {
  private readonly warningDays: number;
  private readonly orders = new CertificateOrders();
  private readonly listed = new ListedCertificates();

  constructor(
    @Inject(storeTokens.certificates) private readonly certificates: CertificateStore,
    @Inject(storeTokens.rewraps) private readonly rewraps: RewrapStore,
    private readonly keys: VaultKeys,
    private readonly inToken: TokenCertificates,
    private readonly policy: CertificatePolicy,
    @Inject(CONFIGURATION) { recordingCertificates }: Pick<GatewayConfiguration, 'recordingCertificates'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.warningDays = Math.max(0, ...recordingCertificates.expiryWarningDays);
  }

  /** Active ones; deleted ones too when asked. Recordings are counted for what the page shows alone, where its order lets them. */
  async page(contactCenter: string, query: CertificatePageQuery): Promise<CertificatePage> {
    const keys = await this.knownKeys(contactCenter);
    const stored = await this.inToken.listWith(contactCenter, keys ?? []);
    const { column, descending } = orderOf(query);
    const isShown = ({ state }: RecordingCertificate): boolean => query.deleted || state === 'active';
    if (isConstant(column)) {
      const page = pageOf((await this.orders.of(stored, column, descending)).filter(isShown), query);
      const rows = await this.uncounted(contactCenter, page.certificates, keys);
      return { ...page, certificates: await this.counted(contactCenter, rows) };
    }
    const certificates = await this.orders.of(stored, 'alias', false);
    const values = await this.valuesOf(contactCenter, certificates, keys, column);
    const { shown, ...page } = pageBySize(certificates, values, isShown, descending, query);
    const rows = await this.uncounted(
      contactCenter,
      shown.map(({ row }) => row),
      keys,
    );
    if (column !== 'recordings') return { ...page, certificates: await this.counted(contactCenter, rows) };
    const counts = new Map(shown.map(({ row, value }) => [row.alias, value]));
    return {
      ...page,
      certificates: rows.map(({ columns }) => ({ ...columns, recordings: counts.get(columns.alias) ?? 0 })),
    };
  }

  /** What the store has, deleted ones too; nothing is asked of the tokens. */
  stored(contactCenter: string): Promise<readonly RecordingCertificate[]> {
    return this.certificates.list(contactCenter);
  }

  /** What the store has, and what is in the tokens beside these keys, however it came there. */
  withThoseOf(contactCenter: string, keys: readonly KeyEntry[]): Promise<readonly RecordingCertificate[]> {
    return this.inToken.listWith(contactCenter, keys);
  }

  /** One certificate with all that is known of it. @throws RcsError RCS_CERTIFICATE_NOT_FOUND */
  async details(contactCenter: string, alias: string) {
    const stored = await this.require(contactCenter, alias);
    const keys = await this.knownKeys(contactCenter);
    const assignments = await this.certificates.assignments(contactCenter);
    return {
      ...(await this.rowOf(stored, keys)),
      certificate: stored.certificate,
      chain: chainOf(stored)
        .slice(1)
        .map(({ subjectDn, issuerDn, notAfter, pem }) => ({
          subjectDn,
          issuerDn,
          expires: notAfter.toISOString(),
          pem,
        })),
      problems: this.policy.problemsNow(stored),
      deployedTo: assignments.filter(({ aliases }) => aliases.includes(alias)).map(({ target }) => targetName(target)),
    };
  }

  /**
   * In the store or, for a key that was brought to a token by other means, in the tokens as they are at this moment: what
   * was known some seconds ago says nothing against a key.
   * @throws RcsError RCS_CERTIFICATE_NOT_FOUND
   */
  async require(contactCenter: string, alias: string): Promise<RecordingCertificate> {
    const stored = await this.certificates.find(contactCenter, alias);
    if (stored !== undefined) return stored;
    const known = await this.adopted(contactCenter, alias, await this.knownKeys(contactCenter));
    const found = known ?? (await this.adopted(contactCenter, alias, await this.keysNow(contactCenter)));
    if (found === undefined) throw unknownCertificate(alias);
    return found;
  }

  private async adopted(contactCenter: string, alias: string, keys: readonly KeyEntry[] | undefined) {
    const all = await this.inToken.listWith(contactCenter, keys ?? []);
    return all.find(certificate => certificate.alias === alias);
  }

  /** @throws RcsError RCS_CERTIFICATE_NOT_FOUND for a deleted one as well. */
  async requireActive(contactCenter: string, alias: string): Promise<RecordingCertificate> {
    const stored = await this.require(contactCenter, alias);
    if (stored.state === 'active') return stored;
    throw new RcsError('RCS_CERTIFICATE_NOT_FOUND', undefined, {
      publicDetail: `the certificate ${JSON.stringify(alias)} was deleted; upload it again to use it`,
    });
  }

  /**
   * For every use that makes recordings depend on the key; where no vault answers, nothing is known against it.
   * @throws RcsError RCS_KEY_DISABLED
   */
  async requireEnabledKey(stored: RecordingCertificate, asOf: 'now' | 'lately' = 'now'): Promise<void> {
    const { contactCenter } = stored;
    const entry = entryOf(stored, await (asOf === 'now' ? this.keysNow(contactCenter) : this.knownKeys(contactCenter)));
    if (entry?.state !== 'DISABLED') return;
    throw new RcsError('RCS_KEY_DISABLED', undefined, {
      publicDetail: `the private key of ${JSON.stringify(stored.alias)} is disabled: restore it first, or choose another certificate`,
    });
  }

  /** The line of the list for one certificate. */
  async row(stored: RecordingCertificate): Promise<CertificateRow> {
    return this.rowOf(stored, await this.knownKeys(stored.contactCenter));
  }

  /** As they were some seconds ago at most; undefined when no vault answers: a list without that is better than none. */
  async knownKeys(contactCenter: string): Promise<readonly KeyEntry[] | undefined> {
    try {
      return await this.keys.list(contactCenter);
    } catch (error) {
      this.logger.warn({ error: describeError(error) }, 'the keys in the tokens cannot be listed');
      return undefined;
    }
  }

  /**
   * As the vaults say at this moment: for decisions, because a key may have been disabled through another gateway, or at
   * the vault, since anybody asked last. undefined when no vault answers.
   */
  keysNow(contactCenter: string): Promise<readonly KeyEntry[] | undefined> {
    this.keys.forget();
    return this.knownKeys(contactCenter);
  }

  private async rowOf(stored: RecordingCertificate, keys: readonly KeyEntry[] | undefined): Promise<CertificateRow> {
    const { contactCenter } = stored;
    const [row] = await this.counted(contactCenter, await this.uncounted(contactCenter, [stored], keys));
    if (row === undefined) throw unknownCertificate(stored.alias);
    return row;
  }

  /** What certificates are sorted by, which is another one at each moment, and of all no more than that. */
  private async valuesOf(
    contactCenter: string,
    certificates: readonly RecordingCertificate[],
    keys: readonly KeyEntry[] | undefined,
    column: ChangingColumn,
  ): Promise<readonly number[]> {
    if (column === 'deployedCount') {
      const deployed = deployedCounts(await this.certificates.assignments(contactCenter));
      return certificates.map(({ alias }) => deployed.get(alias) ?? 0);
    }
    if (column === 'recordings')
      return this.rewraps.countRecordings(contactCenter, await this.listed.namesOf(certificates));
    const summaries = await this.listed.summariesOf(certificates);
    const entries = new Map(keys?.map(key => [key.keyIdentifier, key]));
    const now = new Date();
    return certificates.map((stored, index) => {
      const [summary, key] = [summaries[index], presenceOf(keys, entries.get(stored.keyIdentifier))];
      if (summary === undefined) return -1;
      return statuses.indexOf(certificateState(stored, summary, key, this.warningDays, now).status);
    });
  }

  /** Everything but the number of recordings. */
  private async uncounted(
    contactCenter: string,
    certificates: readonly RecordingCertificate[],
    keys: readonly KeyEntry[] | undefined,
  ): Promise<UncountedRow[]> {
    const entries = new Map(keys?.map(key => [key.keyIdentifier, key]));
    const deployed = deployedCounts(await this.certificates.assignments(contactCenter));
    const summaries = await summariesOf(certificates);
    const now = new Date();
    return certificates.flatMap((stored, index) => {
      const certificate = summaries[index];
      if (certificate === undefined) return [];
      const entry = entries.get(stored.keyIdentifier);
      const key = presenceOf(keys, entry);
      const state = certificateState(stored, certificate, key, this.warningDays, now);
      const deployedCount = deployed.get(stored.alias) ?? 0;
      const row = certificateRow({ stored, certificate, key, entry, state, deployedCount });
      return { columns: row, recipientNames: namesUnder(certificate, stored.alias) };
    });
  }

  private async counted(contactCenter: string, rows: readonly UncountedRow[]): Promise<CertificateRow[]> {
    const counts = await this.rewraps.countRecordings(
      contactCenter,
      rows.map(({ recipientNames }) => recipientNames),
    );
    return rows.map(({ columns }, index) => ({ ...columns, recordings: counts[index] ?? 0 }));
  }
}

interface UncountedRow {
  readonly columns: Omit<CertificateRow, 'recordings'>;
  /** By which envelopes mean it. */
  readonly recipientNames: readonly string[];
}

function deployedCounts(assignments: readonly CertificateAssignment[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { aliases } of assignments)
    for (const alias of new Set(aliases)) counts.set(alias, (counts.get(alias) ?? 0) + 1);
  return counts;
}

const entryOf = ({ keyIdentifier }: RecordingCertificate, keys: readonly KeyEntry[] | undefined) =>
  keys?.find(key => key.keyIdentifier === keyIdentifier);

function presenceOf(keys: readonly KeyEntry[] | undefined, entry: KeyEntry | undefined): KeyPresence {
  if (keys === undefined) return 'unknown';
  if (entry === undefined) return 'missing';
  return entry.state === 'DISABLED' ? 'disabled' : 'present';
}
