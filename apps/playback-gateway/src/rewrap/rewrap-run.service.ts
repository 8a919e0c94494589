import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { RewrapRun, RewrapStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { originOf, type Administrator } from '../access/certificate-administrator.js';
import { CertificateAudit } from '../audit/certificate-audit.js';
import { CertificateCatalog } from '../certificates/certificate-catalog.service.js';
import { CertificatePolicy } from '../certificates/certificate-policy.js';
import { CertificateChangeFeed } from '../certificate-events/certificate-change-feed.js';
import { namesUnder, summaryOf } from '../envelopes/certificate-summary.js';

/** A run as administrators see it. */
export interface RewrapView extends Omit<RewrapRun, 'contactCenter' | 'position'> {
  /** Media files that were looked at. */
  readonly processed: number;
  /** 0 to 100. */
  readonly percent: number;
  /** What remains to be known, for people; empty when all went well. */
  readonly notes: readonly string[];
}

/** Starts, shows, pauses and resumes runs; the work itself is done by whichever gateway takes it. */
@Injectable()
export class RewrapRunService {
  constructor(
    @Inject(storeTokens.rewraps) private readonly rewraps: RewrapStore,
    private readonly list: CertificateCatalog,
    private readonly policy: CertificatePolicy,
    private readonly audit: CertificateAudit,
    private readonly feed: CertificateChangeFeed,
  ) {}

  /**
   * Starts a run, or answers the one that is under way from this certificate.
   * @throws RcsError RCS_CERTIFICATE_NOT_VALID when the new certificate may not encrypt.
   */
  async start(administrator: Administrator, from: string, to: string, mode: RewrapRun['mode']): Promise<RewrapView> {
    const { contactCenter, name } = administrator;
    const run = await this.audit.act(
      administrator,
      { event: 'rewrap-started', certificateAlias: from, detail: `${mode} ${to}` },
      async () => {
        const source = await this.list.require(contactCenter, from);
        const target = await this.list.requireActive(contactCenter, to);
        if (from === to) throw invalid('to: name another certificate than the one whose recordings are rewrapped');
        if (target.decryptOnly) throw invalid(`to: ${JSON.stringify(to)} was uploaded for decrypting only`);
        this.policy.requireForEncryption(target);
        await this.list.requireEnabledKey(target);
        await this.list.requireEnabledKey(source);
        const { at } = originOf(administrator);
        return this.rewraps.create({
          id: randomUUID(),
          contactCenter,
          from,
          to,
          mode,
          state: 'running',
          counts: {
            total: await this.rewraps.countMediaFiles(contactCenter, namesUnder(summaryOf(source), from)),
            rewrapped: 0,
            unchanged: 0,
            notRewrappable: 0,
            failed: 0,
          },
          failures: [],
          createdAt: at,
          createdBy: name,
          updatedAt: at,
        });
      },
    );
    if (run.to !== to || run.mode !== mode) {
      throw new RcsError('RCS_CERTIFICATE_IN_USE', undefined, {
        publicDetail: `the run ${run.id} from ${JSON.stringify(from)} to ${JSON.stringify(run.to)} (${run.mode}) is not finished`,
      });
    }
    this.feed.announce(administrator, 'rewrap', 'started', from);
    return rewrapView(run);
  }

  /** All runs of the contact center, or those from one certificate; the newest first. */
  async all(contactCenter: string, from?: string): Promise<RewrapView[]> {
    const runs = await this.rewraps.list(contactCenter);
    return runs.filter(run => from === undefined || run.from === from).map(rewrapView);
  }

  /** @throws RcsError RCS_NOT_FOUND */
  async get(contactCenter: string, id: string): Promise<RewrapView> {
    const run = await this.rewraps.find(contactCenter, id);
    if (run === undefined) throw unknownRun(id);
    return rewrapView(run);
  }

  /** @throws RcsError RCS_NOT_FOUND for a run that is finished as well. */
  async setState(administrator: Administrator, id: string, state: 'running' | 'paused'): Promise<RewrapView> {
    const { at } = originOf(administrator);
    const event = state === 'paused' ? 'rewrap-paused' : 'rewrap-resumed';
    const run = await this.audit.act(administrator, { event, detail: id }, () =>
      this.rewraps.setState(administrator.contactCenter, id, state, at),
    );
    if (run === undefined) throw unknownRun(id);
    this.feed.announce(administrator, 'rewrap', state === 'paused' ? 'paused' : 'resumed', run.from);
    return rewrapView(run);
  }
}

export function rewrapView(run: RewrapRun): RewrapView {
  const { id, from, to, mode, state, counts, failures, waiting, createdAt, createdBy, updatedAt } = run;
  const processed = counts.rewrapped + counts.unchanged + counts.notRewrappable + counts.failed;
  const percent = state === 'done' ? 100 : Math.min(99, Math.floor((processed / Math.max(counts.total, 1)) * 100));
  const view = { id, from, to, mode, state, counts, failures, createdAt, createdBy, updatedAt, processed, percent };
  return { ...view, notes: notesOf(run), ...(waiting === undefined ? {} : { waiting }) };
}

function notesOf({ counts: { notRewrappable, failed }, from }: Pick<RewrapRun, 'counts' | 'from'>): string[] {
  const keep = `they need the key of ${JSON.stringify(from)} permanently`;
  return [
    ...(notRewrappable === 0
      ? []
      : [`${notRewrappable} media files carry their envelope in the stored file, which is never touched: ${keep}`]),
    ...(failed === 0
      ? []
      : [`${failed} envelopes could not be rewrapped, see failures: ${keep} unless a new run succeeds`]),
  ];
}

const invalid = (publicDetail: string): RcsError => new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail });
const unknownRun = (id: string): RcsError =>
  new RcsError('RCS_NOT_FOUND', `no rewrap run ${id}`, { publicDetail: 'there is no such run, or it is finished' });
