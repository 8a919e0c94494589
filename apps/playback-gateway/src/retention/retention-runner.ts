import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { describeError, RcsError, type Logger } from '#platform';
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
  private readonly stopping = new AbortController();
  private finished: Promise<void> = Promise.resolve();

  constructor(
    @Inject(storeTokens.retention) private readonly retention: RetentionStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly expired: ExpiredRecordings,
    private readonly removal: RecordingRemoval,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.finished = this.loop();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.finished;
  }

  /** A method, because it may change while anything is awaited. */
  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async loop(): Promise<void> {
    while (!this.isStopped()) {
      try {
        const now = Date.now();
        for (const contactCenter of await this.retention.claimDue(now, now + applyEveryMs))
          await this.apply(contactCenter);
      } catch (error) {
        if (this.isStopped()) return;
        this.logger.warn({ error: describeError(error) }, 'rules of retention cannot be applied now');
      }
      await sleep(lookEveryMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  private async apply(contactCenter: string): Promise<void> {
    const rules = await this.retention.rulesOf(contactCenter);
    let removed = 0;
    for await (const recordings of this.expired.pages(contactCenter, rules)) {
      for (const recording of recordings) {
        if (this.isStopped()) return;
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
