import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { describeError } from '#platform';
import { GatewayAnswerError } from '../gateway-client/gateway-client.js';
import { serverSentEvents, type ServerSentEvent } from '../gateway-client/server-sent-events.js';

/** Whom to encrypt for, as the gateway said last. */
export interface CurrentRecipients {
  /** The same for the same certificates. */
  readonly tag: string;
  readonly certificates: readonly { readonly alias: string; readonly pem: string }[];
}

/** Opens the stream of events. @throws Error with what the gateway says is wrong. */
export type OpenEvents = (lastEventId: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

const trust = { trustMs: z.number().min(1).max(60_000) };
const currentSchema = z.object(trust);
const recipientsSchema = z.object({
  ...trust,
  certificates: z.array(z.object({ alias: z.string(), certificate: z.string() })),
});
const problemSchema = z.object({ title: z.string().optional(), detail: z.string().optional() });

const longestPauseMs = 5000;
const firstPauseMs = 100;

/**
 * Whom recordings of a profile are encrypted for, at each moment. What the gateway told holds for as long as it says; when
 * nothing comes any more nobody knows whom to encrypt for, and whoever asks waits. So a certificate that was removed is out
 * of use here, whatever happens to the connection.
 */
export class FollowedRecipients {
  private known: CurrentRecipients | undefined;
  private trustedUntil = 0;
  private readonly waiting = new Set<() => void>();
  private readonly ending = new AbortController();
  private finished: Promise<void> = Promise.resolve();
  private refusal: Error | undefined;

  /** @param said told why nothing may be encrypted, each time that changes; undefined when all is well again. */
  constructor(
    private readonly open: OpenEvents,
    private readonly said: (why: string | undefined) => void,
  ) {}

  begin(): void {
    this.finished = this.follow();
  }

  /** Waits until it is known. @throws Error when the gateway refuses who asks, or the signal aborts. */
  async current(signal: AbortSignal): Promise<CurrentRecipients> {
    for (;;) {
      signal.throwIfAborted();
      if (this.refusal !== undefined) throw this.refusal;
      const { known } = this;
      if (known !== undefined && this.isCurrent(known.tag)) return known;
      await this.change(signal);
    }
  }

  /** Whether these are still those to encrypt for, and this is known at this moment. */
  isCurrent(tag: string): boolean {
    return this.known?.tag === tag && performance.now() < this.trustedUntil;
  }

  async end(): Promise<void> {
    this.ending.abort();
    await this.finished;
  }

  private async follow(): Promise<void> {
    const { signal } = this.ending;
    let pauseMs = firstPauseMs;
    while (this.isFollowing()) {
      try {
        for await (const event of serverSentEvents(await this.open(this.known?.tag ?? '', signal))) {
          this.take(event);
          pauseMs = firstPauseMs;
        }
      } catch (error) {
        if (!this.isFollowing()) return;
        this.failed(error);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A method, because it may change while anything is awaited. */
  private isFollowing(): boolean {
    return !this.ending.signal.aborted && this.refusal === undefined;
  }

  private take({ name, id, data }: ServerSentEvent): void {
    const content: unknown = JSON.parse(data);
    if (name === 'unavailable') {
      this.forget(wrongOf(content));
      return;
    }
    if (name === 'recipients') {
      const { certificates, trustMs } = recipientsSchema.parse(content);
      this.known = {
        tag: id,
        certificates: certificates.map(({ alias, certificate }) => ({ alias, pem: certificate })),
      };
      this.trustedUntil = performance.now() + trustMs;
    } else if (name === 'current' && this.known?.tag === id) {
      this.trustedUntil = performance.now() + currentSchema.parse(content).trustMs;
    } else return;
    this.said(undefined);
    this.wake();
  }

  /** Credentials that are refused stay refused; anything else may pass. */
  private failed(error: unknown): void {
    const status = error instanceof GatewayAnswerError ? error.status : 0;
    if (status === 401 || status === 403) {
      this.refusal = error as GatewayAnswerError;
      this.wake();
    } else if (status >= 400 && status < 500) this.forget(describeError(error));
    else if (performance.now() >= this.trustedUntil) this.said(describeError(error));
  }

  private forget(why: string): void {
    this.known = undefined;
    this.trustedUntil = 0;
    this.said(why);
  }

  private wake(): void {
    for (const waiter of this.waiting) waiter();
  }

  private async change(signal: AbortSignal): Promise<void> {
    await new Promise<void>(resolve => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }
}

function wrongOf(content: unknown): string {
  const { detail, title } = problemSchema.parse(content);
  return detail ?? title ?? 'the gateway does not say whom to encrypt for';
}
