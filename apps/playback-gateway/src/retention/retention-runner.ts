import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BackgroundRounds, RcsError, type Logger } from '#platform';
import type { AuditLog, Recording, RetentionStore } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { RecordingRemoval } from '../removal/recording-removal.service.js';
import { ExpiredRecordings } from './expired-recordings.js';

/** In the audit: it is no person that removes what has expired. */
const retentionName = 'retention';
const lookEveryMs = 10_000;
/** Labels, holds and protection change in between: a recording is judged when it is removed, not when it is inserted. */
const applyEveryMs = 3_600_000;

/** Removes recordings whose time of retention is over. Of all gateways one does it at a time. */
@Injectable()
export class RetentionRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds: BackgroundRounds;

  constructor(
    @Inject(storeTokens.retention) private readonly retention: RetentionStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly expired: ExpiredRecordings,
    private readonly removal: RecordingRemoval,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const failed = 'rules of retention cannot be applied now';
    this.rounds = new BackgroundRounds(signal => this.round(signal), { failed, retryMs: lookEveryMs, logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.begin();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.end();
  }

  private async round(signal: AbortSignal): Promise<number> {
    const now = await this.retention.notAhead(Date.now());
    for (const contactCenter of await this.retention.claimDue(now, now + applyEveryMs)) {
      await this.apply(contactCenter, now, signal);
    }
    return lookEveryMs;
  }

  private async apply(contactCenter: string, now: number, signal: AbortSignal): Promise<void> {
    const rules = await this.retention.rulesOf(contactCenter);
    let removed = 0;
    for await (const recordings of this.expired.pages(contactCenter, rules, now)) {
      for (const recording of recordings) {
        if (signal.aborted) return;
        if (await this.remove(recording)) removed++;
      }
    }
    if (removed > 0)
      this.logger.info({ contactCenter, recordings: removed }, 'recordings have expired and are removed');
  }

  /** False where nothing of it could go. */
  private async remove({ id: recordingId, contactCenter }: Recording): Promise<boolean> {
    const requestId = randomUUID();
    await this.audit.append({
      event: 'recording-expired',
      outcome: 'allowed',
      user: retentionName,
      contactCenter,
      recording: recordingId,
      requestId,
    });
    const order = { recordingId, contactCenter, kind: 'expired', user: retentionName, reason: 'expired' } as const;
    try {
      const { outcome } = await this.removal.remove({ ...order, time: new Date().toISOString() }, requestId, false);
      return outcome !== 'kept';
    } catch (error) {
      // Somebody else was quicker.
      if (error instanceof RcsError && error.code === 'RCS_RECORDING_NOT_FOUND') return false;
      throw error;
    }
  }
}
