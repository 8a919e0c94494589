import { Inject, Injectable, Optional } from '@nestjs/common';
import { RcsError, ReceiverGoneError, type ServerSettings } from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';

/** Media elements never ask again: a page with many of them is served one after the other, within this time, milliseconds. */
const longestWaitMs = 15_000;
/** How many playbacks of one account wait, as a multiple of those that run. */
const waitingPerRunning = 4;

interface Account {
  running: number;
  /** What to call when a slot is free, in the order in which they came. */
  readonly waiting: Set<() => void>;
}

/**
 * Bounds how many playbacks of one account run at once on this gateway. One more waits a moment for a slot: a client that
 * keeps below the limit asks again as soon as it has its last byte, which is sooner than the gateway knows.
 */
@Injectable()
export class StreamLimit {
  private readonly accounts = new Map<string, Account>();

  private readonly limit: number;

  constructor(
    @Inject(SERVER_SETTINGS) { maxConcurrentStreamsPerUser }: Pick<ServerSettings, 'maxConcurrentStreamsPerUser'>,
    @Optional() private readonly waitMs: number = longestWaitMs,
  ) {
    this.limit = maxConcurrentStreamsPerUser;
  }

  /**
   * Resolves with what to call at the end. @param onWait called when no slot is free: what was known of the user before
   * may be of another time afterwards.
   * @throws RcsError RCS_TOO_MANY_REQUESTS when no slot gets free in time, ReceiverGoneError when the player leaves meanwhile.
   */
  async begin(name: string, signal: AbortSignal, onWait: () => void = () => undefined): Promise<() => void> {
    const account = this.accounts.get(name) ?? { running: 0, waiting: new Set() };
    this.accounts.set(name, account);
    if (account.running < this.limit) account.running++;
    else {
      onWait();
      await this.slot(account, signal);
    }
    let held = true;
    return () => {
      if (held) this.free(name, account);
      held = false;
    };
  }

  /** The slot goes to who has waited longest. */
  private free(name: string, account: Account): void {
    const [next] = account.waiting;
    if (next !== undefined) return next();
    account.running--;
    if (account.running === 0) this.accounts.delete(name);
  }

  private slot({ running, waiting }: Account, signal: AbortSignal): Promise<void> {
    const tooMany = (): RcsError =>
      new RcsError('RCS_TOO_MANY_REQUESTS', `${running} playbacks of this user at once`, { retryAfterMs: 1000 });
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
        waiting.delete(take);
        settled();
      };
      const take = (): void => settle(resolve);
      const leave = (): void => settle(() => reject(new ReceiverGoneError('the player closed the connection')));
      const timer = setTimeout(() => settle(() => reject(tooMany())), this.waitMs);
      if (signal.aborted) return leave();
      if (waiting.size >= this.limit * waitingPerRunning) return settle(() => reject(tooMany()));
      waiting.add(take);
      signal.addEventListener('abort', leave);
    });
  }
}
