import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, RemovalOrder, RemovalOutcome, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody } from '../http/valid-input.js';
import { ForgottenSubjects } from './forgotten-subjects.js';
import { RemovalLedger } from './removal-ledger.js';
import { RemovedTraces } from './removed-traces.js';
import { RecordingRemoval } from './recording-removal.service.js';
import { erasureSchema, type Erasure } from './removal.schema.js';
import { SubjectRecordings } from './subject-recordings.js';

/** Recordings of a person that one request erases. */
const atOnce = 200;
/** How long whoever asked waits until the audit has forgotten a person. */
const waitForAuditMs = 10_000;

/**
 * Erasure (GDPR, article 17): envelopes and stored files of recordings go for good. What is held or protected is erased as
 * soon as nothing keeps it any more.
 */
@Controller('rcs/erasures')
@Authenticated(administeredContactCenter)
export class ErasureController {
  constructor(
    private readonly removal: RecordingRemoval,
    private readonly subjects: SubjectRecordings,
    private readonly forgotten: ForgottenSubjects,
    private readonly ledger: RemovalLedger,
    private readonly traces: RemovedTraces,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  @Post()
  @HttpCode(200)
  async erase(@Req() request: FastifyRequest, @CurrentUser() user: User, @ValidBody(erasureSchema) asked: Erasure) {
    const contactCenter = administeredContactCenter(user);
    const { ids, isComplete } = await this.named(contactCenter, asked);
    const taken = ids.slice(0, atOnce);
    const recordings: { readonly id: string; readonly outcome: RemovalOutcome | 'found' }[] = [];
    let isFinished = !asked.dryRun;
    // First, so that it is finished whoever dies; and again at the end, for what is recorded meanwhile.
    if (!asked.dryRun) await this.orderForgetting(contactCenter, asked);
    for (const id of taken) {
      if (asked.dryRun) {
        recordings.push({ id, outcome: 'found' });
        continue;
      }
      const erased = await this.eraseOne(request, user, { contactCenter, recordingId: id, reason: asked.reason });
      recordings.push({ id, outcome: erased.outcome });
      isFinished &&= erased.isFinished;
    }
    if (!asked.dryRun) isFinished = (await this.forget(contactCenter, asked)) && isFinished;
    return {
      recordings,
      isFinished,
      ...(ids.length > taken.length ? { more: true } : {}),
      ...(isComplete ? {} : { incomplete: true }),
    };
  }

  private async orderForgetting(contactCenter: string, { subject }: Erasure): Promise<void> {
    if (subject !== undefined) await this.forgotten.order(contactCenter, subject);
  }

  /** Whether the audit has forgotten the subject; where it takes longer it is done in the background. */
  private async forget(contactCenter: string, asked: Erasure): Promise<boolean> {
    if (asked.subject === undefined) return true;
    await this.orderForgetting(contactCenter, asked);
    const isDone = await this.forgotten.finish(AbortSignal.timeout(waitForAuditMs));
    const isKept = await this.ledger.keep();
    await this.traces.erase();
    return isDone && isKept;
  }

  private async named(contactCenter: string, { recordings, subject }: Erasure) {
    if (subject !== undefined) return this.subjects.find(contactCenter, subject, atOnce + 1);
    return { ids: [...new Set(recordings)], isComplete: true };
  }

  private async eraseOne(
    request: FastifyRequest,
    user: User,
    asked: Pick<RemovalOrder, 'recordingId' | 'contactCenter' | 'reason'>,
  ): Promise<{ readonly outcome: RemovalOutcome; readonly isFinished: boolean }> {
    try {
      await this.removal.find(asked.contactCenter, asked.recordingId);
      await this.audit.append({
        event: 'recording-erased',
        outcome: 'allowed',
        ...auditedRequest(request, user),
        recording: asked.recordingId,
        detail: asked.reason,
      });
      const order = { ...asked, kind: 'erased', user: user.name, time: new Date().toISOString() } as const;
      const { outcome, isFinished } = await this.removal.remove(order, request.id, true);
      return { outcome, isFinished: isFinished && outcome === 'removed' };
    } catch (error) {
      if (!(error instanceof RcsError && error.code === 'RCS_RECORDING_NOT_FOUND')) throw error;
      return { outcome: 'unknown', isFinished: true };
    }
  }
}
