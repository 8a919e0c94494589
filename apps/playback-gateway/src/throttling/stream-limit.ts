import { Inject, Injectable } from '@nestjs/common';
import { RcsError, type ServerSettings } from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';

/** Bounds how many playbacks of one account run at once on this gateway. */
@Injectable()
export class StreamLimit {
  private readonly running = new Map<string, number>();

  private readonly limit: number;

  constructor(
    @Inject(SERVER_SETTINGS) { maxConcurrentStreamsPerUser }: Pick<ServerSettings, 'maxConcurrentStreamsPerUser'>,
  ) {
    this.limit = maxConcurrentStreamsPerUser;
  }

  /** Answers what to call at the end. @throws RcsError RCS_TOO_MANY_REQUESTS. */
  begin(account: string): () => void {
    const count = this.running.get(account) ?? 0;
    if (count >= this.limit) {
      throw new RcsError('RCS_TOO_MANY_REQUESTS', `${count} playbacks of this user at once`, { retryAfterMs: 1000 });
    }
    this.running.set(account, count + 1);
    return () => {
      const left = (this.running.get(account) ?? 1) - 1;
      if (left > 0) this.running.set(account, left);
      else this.running.delete(account);
    };
  }
}
