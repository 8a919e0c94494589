import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BackgroundRounds, type Logger } from '#platform';
import type { LedgerEntry } from '#store';
import { LOGGER } from '../dependencies/injection-tokens.js';
import { ForgottenKeys } from '../workers/forgotten-keys.js';
import { RemovalLedger } from './removal-ledger.js';

const pauseMs = 2000;
const toldTogether = 50;
const againAfterMs = 10_000;
/** Longer than somebody listens to one recording, mostly. */
const triedForMs = 3_600_000;
const mostUnheard = 10_000;

/** A removal that a worker did not hear of, in milliseconds of this process. */
interface Unheard {
  readonly entry: LedgerEntry;
  readonly first: number;
  readonly next: number;
}

/**
 * Tells workers of what was deleted or erased: whoever removed it did so at once, and this is for those that did not hear. In
 * rounds of its own, since a worker that stands still takes seconds for each, and removals do not wait for it.
 */
@Injectable()
export class UntoldRemovals implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds: BackgroundRounds;
  private unheard: Unheard[] = [];

  constructor(
    @Inject(RemovalLedger) private readonly ledger: Pick<RemovalLedger, 'takeUntold'>,
    private readonly forgotten: ForgottenKeys,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {
    const failed = 'workers cannot be told of removals now';
    this.rounds = new BackgroundRounds(() => this.tellSome(), { failed, retryMs: pauseMs, logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.begin();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.end();
  }

  /** Tells some, together. @returns after how many milliseconds there are more */
  async tellSome(): Promise<number> {
    const now = performance.now();
    const fresh = this.ledger.takeUntold(toldTogether).map(entry => ({ entry, first: now, next: now }));
    const due = this.unheard.filter(({ next }) => next <= now).slice(0, toldTogether - fresh.length);
    const told = [...fresh, ...due];
    const heard = await Promise.all(told.map(({ entry }) => this.tell(entry)));
    const missed = told.filter((_, index) => heard[index] !== true);
    this.keep(due, missed);
    return told.length < toldTogether ? pauseMs : 0;
  }

  private keep(tried: readonly Unheard[], missed: readonly Unheard[]): void {
    const now = performance.now();
    const triedNow = new Set(tried);
    const before = this.unheard.length;
    const others = this.unheard.filter(one => !triedNow.has(one));
    const again = missed
      .filter(({ first }) => now - first < triedForMs)
      .map(({ entry, first }) => ({ entry, first, next: now + againAfterMs }));
    const all = [...others, ...again];
    this.unheard = all.slice(0, mostUnheard);
    if (before === 0 && all.length > 0) {
      this.logger.warn({ removals: all.length }, 'not every worker has heard of removals; they are told again');
    }
    if (all.length > mostUnheard) {
      const removals = all.length - mostUnheard;
      this.logger.warn({ removals }, 'workers are not told again of removals: too many wait that they did not hear of');
    }
  }

  private tell({ contactCenter, recordingId: recording, mediaId, kind }: LedgerEntry): Promise<boolean> {
    const forgotten = { contactCenter, recording, ...(kind === 'erased' ? { erased: true } : {}) };
    // Of one media file after the other it may be told several times.
    return this.forgotten.announceAgain(forgotten, randomUUID(), mediaId !== undefined);
  }
}
