import { Inject, Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { deadlineSignal, errorRegistry, isErrorCode, RcsError } from '#platform';
import type { CustodyCandidate, CustodyOutcome, CustodyProof, CustodyStore, MediaFile, Recording } from '#store';
import type { Administrator } from '../access/certificate-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { ArchivesStandingService } from '../kept-archives/archives-standing.js';
import { isSampled } from './custody-sample.js';
import { CustodyProver } from './custody-prover.js';
import type { FoundQuery, ProveInput } from './custody.schema.js';
import { severalAtOnce } from './several-at-once.js';

/** Recordings that are read from the store at once. */
const pageSize = 100;
/** Media files that are opened at once, of one recording or of several: players come first. */
const atOnce = 4;
/** No more is begun after this; whoever asked goes on behind what was done. */
const budgetMs = 10_000;
const deadlineMs = 40_000;

/** One media file, for administrators. */
export interface ProofView {
  readonly recording: string;
  readonly mediaFile: string;
  readonly outcome: CustodyOutcome;
  readonly certificateAlias?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly nextStep?: string;
  /** ISO 8601. */
  readonly provedAt: string;
}

/** What a page of proofs came to. */
export interface ProvedPage {
  readonly proofs: readonly ProofView[];
  /** Behind which recording the next page begins; absent at the end. */
  readonly next?: string;
}

interface DueRecording {
  readonly recording: Recording;
  readonly files: readonly MediaFile[];
}

interface ProvingRun {
  readonly contactCenter: string;
  readonly dueBefore: number;
  readonly sample: ProveInput['sample'];
  /** Media files. */
  readonly limit: number;
  /** By `performance.now()`. */
  readonly ends: number;
  /** The last recording that was begun, or passed by. */
  position: string;
  isWhole: boolean;
}

/** Proves, page by page, that recordings open, and says how a contact center stands. */
@Injectable()
export class CustodyService {
  constructor(
    @Inject(storeTokens.custody) private readonly store: CustodyStore,
    private readonly prover: CustodyProver,
    private readonly archives: ArchivesStandingService,
  ) {}

  /** @throws RcsError where nothing can be known now: no worker, no vault, no store. What was proved before is kept. */
  async prove(administrator: Administrator, { after, before, sample, limit }: ProveInput): Promise<ProvedPage> {
    const { contactCenter } = administrator;
    const [ends, signal] = [performance.now() + budgetMs, deadlineSignal(deadlineMs)];
    const dueBefore = before === undefined ? Infinity : Date.parse(before);
    const run = { contactCenter, dueBefore, sample, limit, ends, position: after, isWhole: false };
    const limited = pLimit(atOnce);
    const found = await severalAtOnce(this.due(run), atOnce, async ({ recording, files }) => {
      const prove = (file: MediaFile) => limited(() => this.prover.prove(recording, file, administrator, signal));
      const proofs = await Promise.all(files.map(prove));
      await this.store.keep(contactCenter, proofs);
      return proofs;
    });
    const proofs = found.flat().map(viewOf);
    return run.isWhole ? { proofs } : { proofs, next: run.position };
  }

  /** What is to be opened, until the page is full or its time is over; each is asked for when it can begin. */
  private async *due(run: ProvingRun): AsyncGenerator<DueRecording> {
    for (let begun = 0; ;) {
      const page = await this.store.page(run.contactCenter, run.position, pageSize);
      for (const candidate of page) {
        if (begun >= run.limit || performance.now() > run.ends) return;
        const { recording } = candidate;
        const files = isSampled(recording.id, run.sample) ? dueFiles(candidate, run.dueBefore) : [];
        begun += files.length;
        run.position = recording.id;
        if (files.length > 0) yield { recording, files };
      }
      if (page.length < pageSize) {
        run.isWhole = true;
        return;
      }
    }
  }

  async status(contactCenter: string) {
    const [summary] = await this.store.summaries(contactCenter);
    const { mediaFiles = 0, outcomes, oldestProof } = summary ?? {};
    const proved = Object.values(outcomes ?? {}).reduce((sum, count) => sum + count, 0);
    return {
      mediaFiles,
      outcomes: outcomes ?? {},
      neverProved: Math.max(0, mediaFiles - proved),
      archives: await this.archives.of(contactCenter),
      ...(oldestProof === undefined ? {} : { oldestProof: new Date(oldestProof).toISOString() }),
    };
  }

  /** @throws RcsError RCS_INVALID_VALUE for a cursor of another kind. */
  async found(contactCenter: string, { outcome, cursor, limit }: FoundQuery) {
    const after = cursor === undefined ? { recordingId: '', mediaId: '' } : positionOf(cursor);
    const proofs = await this.store.found(contactCenter, outcome, after, limit);
    const last = proofs.length < limit ? undefined : proofs.at(-1);
    return {
      mediaFiles: proofs.map(viewOf),
      ...(last === undefined ? {} : { nextCursor: cursorOf(last) }),
    };
  }
}

const dueFiles = ({ recording, proofs }: CustodyCandidate, before: number): MediaFile[] =>
  recording.mediaFiles.filter(({ mediaId }) => {
    const last = proofs.find(proof => proof.mediaId === mediaId);
    return last === undefined || last.provedAt < before;
  });

function viewOf({ recordingId, mediaId, outcome, code, certificateAlias, provedAt }: CustodyProof): ProofView {
  return {
    recording: recordingId,
    mediaFile: mediaId,
    outcome,
    ...(certificateAlias === undefined ? {} : { certificateAlias }),
    ...explained(code),
    provedAt: new Date(provedAt).toISOString(),
  };
}

function explained(code: string | undefined) {
  if (code === undefined) return {};
  if (!isErrorCode(code)) return { code };
  const { title, remedy } = errorRegistry[code];
  return { code, reason: title, nextStep: remedy };
}

const cursorOf = ({ recordingId, mediaId }: CustodyProof): string =>
  Buffer.from(JSON.stringify([recordingId, mediaId])).toString('base64url');

function positionOf(cursor: string): { readonly recordingId: string; readonly mediaId: string } {
  try {
    const [recordingId, mediaId] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof recordingId === 'string' && typeof mediaId === 'string') return { recordingId, mediaId };
  } catch {
    // It is no JSON.
  }
  throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: 'cursor: take nextCursor of the page before' });
}
