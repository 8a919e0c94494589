import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkerRegistration } from '#contracts';
import { RcsError, ReceiverGoneError, type ErrorCode } from '#platform';
import type { WorkerDirectory } from '../workers/worker-directory.js';
import { canGoElsewhere } from '../workers/worker-answer.js';

/** Workers that are reached and fail one after the other without a byte from any of them. */
const maximumAttemptsWithoutBytes = 4;
const pauseMs = 200;

/** What kept a worker from going on with a body that has begun, and was not so a moment ago. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RCS_OVERLOADED',
  'RCS_VAULT_UNAVAILABLE',
  'RCS_TOKEN_UNAVAILABLE',
  'RCS_STORAGE_FAILED',
  'RCS_STORAGE_UNREACHABLE',
  'RCS_STORAGE_TIMEOUT',
  'RCS_TIMEOUT',
]);

/** Failures of connecting: the worker has not seen the request. */
const notReached = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Which worker is asked next for one playback, and when to give up. A worker that failed is not asked again, so that a
 * file which ends workers ends few of them; one that could not be reached is, because it may be starting.
 */
export class RelayAttempts {
  private readonly spent = new Set<string>();
  /** Left out until the next pause. */
  private readonly later = new Set<string>();
  private attemptsWithoutBytes = 0;
  private failingSince: number | undefined;
  private lastWasReached = false;

  /** @param maxWaitMs how long a playback may wait for a worker after one has failed. */
  constructor(
    private readonly workers: WorkerDirectory,
    private readonly maxWaitMs: number,
  ) {}

  /**
   * The worker to ask; waits for one when a body that has begun, or a request nobody has seen, has nowhere to go.
   * @param holder the worker that most likely has the media open
   * @throws RcsError RCS_NO_WORKER, ReceiverGoneError when the player leaves meanwhile.
   */
  async next(bodyHasBegun: boolean, holder: string | undefined, signal: AbortSignal): Promise<WorkerRegistration> {
    for (;;) {
      try {
        return this.workers.choose(new Set([...this.spent, ...this.later]), holder);
      } catch (error) {
        if (bodyHasBegun) this.failingSince ??= performance.now();
        if (!this.hasPatience || (!bodyHasBegun && this.lastWasReached)) throw error;
        await sleep(pauseMs);
        if (signal.aborted) throw new ReceiverGoneError('the player closed the connection');
        this.later.clear();
      }
    }
  }

  /**
   * Notes a failure. @param bytesCame whether this worker had sent any. @param bodyHasBegun whether the player has any: what
   * keeps the rest from it now may have passed a moment later.
   * @throws the error itself when it makes no sense to go on.
   */
  failed(
    { instance }: WorkerRegistration,
    error: unknown,
    { bytesCame, bodyHasBegun }: { readonly bytesCame: boolean; readonly bodyHasBegun: boolean },
  ): void {
    const passes = bodyHasBegun && mayPass(error);
    if (!canGoElsewhere(error) && !passes) throw error;
    if (bytesCame) {
      // A long body may be handed over by one worker after the other while all of them are replaced.
      this.attemptsWithoutBytes = 0;
      this.failingSince = undefined;
    }
    this.failingSince ??= performance.now();
    if (passes && !this.hasPatience) throw error;
    const mayGoOnLater = isUnreached(error) || passes;
    this.lastWasReached = !mayGoOnLater && !isLeaving(error);
    if (mayGoOnLater) this.later.add(instance);
    else this.spent.add(instance);
    if (this.lastWasReached && !bytesCame) this.attemptsWithoutBytes++;
    if (this.attemptsWithoutBytes >= maximumAttemptsWithoutBytes) throw error;
  }

  private get hasPatience(): boolean {
    return this.failingSince !== undefined && performance.now() - this.failingSince < this.maxWaitMs;
  }
}

function isUnreached(error: unknown): boolean {
  const cause = error instanceof RcsError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return notReached.has(cause?.code ?? '');
}

const mayPass = (error: unknown): boolean => error instanceof RcsError && passing.has(error.code);
const isLeaving = (error: unknown): boolean => error instanceof RcsError && error.code === 'RCS_SHUTTING_DOWN';
