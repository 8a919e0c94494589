import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BackgroundRounds, RcsError, type Logger } from '#platform';
import type { RemovalOrder, RemovalStore, RetentionStore } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { RecordingRemoval } from './recording-removal.service.js';
import { ForgottenSubjects } from './forgotten-subjects.js';
import { RemovalLedger } from './removal-ledger.js';
import { RemovedTraces } from './removed-traces.js';
import { leaseMs, StoredFileRemoval } from './stored-file-removal.js';

const pauseMs = 2000;
/** Holds end by themselves, too. */
const erasureRetryMs = 60_000;
const erasuresAtOnce = 10;
/** How often the whole ledger is compared with the recordings that are there, where those lie in another database. */
const compareEveryMs = 6 * 3_600_000;

/** Finishes what was left: by a process that ended, for a storage that was away, or for a hold that is over. */
@Injectable()
export class RemovalRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds: BackgroundRounds;
  /** Where the comparison of the ledger stands. */
  private compared = 0;
  private nextComparison = 0;

  constructor(
    @Inject(storeTokens.removals) private readonly removals: RemovalStore,
    @Inject(storeTokens.retention) private readonly retention: Pick<RetentionStore, 'notAhead'>,
    private readonly recordings: RecordingRemoval,
    private readonly files: StoredFileRemoval,
    private readonly subjects: ForgottenSubjects,
    private readonly ledger: RemovalLedger,
    private readonly traces: RemovedTraces,
    @Inject(LOGGER) logger: Logger,
  ) {
    const failed = 'removals cannot be finished now';
    this.rounds = new BackgroundRounds(signal => this.round(signal), { failed, retryMs: pauseMs, logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.begin();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.end();
  }

  /** Answers how long to wait for the next: not at all where there may be more to do. */
  private async round(signal: AbortSignal): Promise<number> {
    const now = await this.retention.notAhead(Date.now());
    const orders = await this.removals.claimErasures({ now, leaseUntil: now + leaseMs, limit: erasuresAtOnce });
    for (const order of orders) await this.erase(order);
    const files = await this.files.removeDue(randomUUID(), signal);
    await this.subjects.finish(signal);
    await this.ledger.keep();
    const compares = await this.compareLedger(now);
    await this.traces.erase();
    return files > 0 || compares ? 0 : pauseMs;
  }

  /** Whether there is more of it to do at once. */
  private async compareLedger(now: number): Promise<boolean> {
    if (now < this.nextComparison) return false;
    const next = await this.ledger.removeBroughtBack(this.compared);
    this.compared = next ?? 0;
    if (next === undefined) this.nextComparison = now + compareEveryMs;
    return next !== undefined;
  }

  private async erase(order: RemovalOrder): Promise<void> {
    const ordered = { ...order, time: new Date().toISOString() };
    try {
      const { outcome } = await this.recordings.remove(ordered, randomUUID(), false);
      if (outcome === 'removed') return;
      const now = await this.retention.notAhead(Date.now());
      await this.removals.postponeErasure(order.recordingId, now + erasureRetryMs);
    } catch (error) {
      // Somebody else was quicker.
      if (!(error instanceof RcsError && error.code === 'RCS_RECORDING_NOT_FOUND')) throw error;
    }
  }
}
