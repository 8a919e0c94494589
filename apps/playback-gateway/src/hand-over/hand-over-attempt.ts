import type { InteractionReceiverConfiguration } from '#platform';
import type { ClaimedHandOver, HandOverStore } from '#store';
import { retryDelayMs } from './retry-delay.js';

/** What an attempt needs of others. */
export interface AttemptParts {
  readonly queue: Pick<HandOverStore, 'noteDelivered' | 'noteFailure'>;
  /** undefined: there is no such recording any more. */
  readonly document: (recordingId: string) => Promise<object | undefined>;
  /** Why the receiver does not have it; undefined where it has. */
  readonly post: (document: object) => Promise<string | undefined>;
  /** Why the receiver must not have it, whatever held when it was queued. */
  readonly refusal: (handOver: ClaimedHandOver) => string | undefined;
}

export interface AttemptResult {
  readonly outcome: 'delivered' | 'failed' | 'given-up';
  readonly reason?: string;
}

/** One attempt to hand a recording over, and what the queue is told of it. */
export class HandOverAttempt {
  constructor(
    private readonly limits: Pick<InteractionReceiverConfiguration, 'maxAttempts' | 'retryDelayMs'>,
    private readonly parts: AttemptParts,
  ) {}

  /** @throws RcsError RCS_STORE_UNAVAILABLE; the lease ends by itself then. */
  async of(handOver: ClaimedHandOver): Promise<AttemptResult> {
    const refusal = this.refusalOf(handOver);
    if (refusal !== undefined) return this.giveUp(handOver, refusal);
    const document = await this.parts.document(handOver.recordingId);
    const reason = document === undefined ? undefined : await this.parts.post(document);
    if (reason === undefined) {
      await this.parts.queue.noteDelivered(handOver);
      return { outcome: 'delivered' };
    }
    const { attempts } = handOver;
    if (attempts >= this.limits.maxAttempts) return this.giveUp(handOver, reason);
    const delayMs = retryDelayMs(attempts, this.limits.retryDelayMs, Math.random());
    await this.parts.queue.noteFailure(handOver, { reason, nextAttempt: Date.now() + delayMs });
    return { outcome: 'failed', reason };
  }

  private refusalOf(handOver: ClaimedHandOver): string | undefined {
    // Every attempt so far ended with its gateway.
    if (handOver.attempts > this.limits.maxAttempts) return 'no attempt was finished';
    return this.parts.refusal(handOver);
  }

  private async giveUp(handOver: ClaimedHandOver, reason: string): Promise<AttemptResult> {
    await this.parts.queue.noteFailure(handOver, { reason });
    return { outcome: 'given-up', reason };
  }
}
