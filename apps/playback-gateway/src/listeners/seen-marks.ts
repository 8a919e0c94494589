import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { describeError, entriesAtMost, type Logger } from '#platform';
import { accountId, type SeenMark, type SeenMarkStore, type User } from '#store';
import { GatheredWrites } from '../dependencies/gathered-writes.js';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';

/** How long a mark may wait for others to be written with it, milliseconds. */
const gatheringMs = 100;
/** A player makes many requests; the time is that of one of them. */
const anewAfterMs = 60_000;
const remembered = 10_000;
const mostWaiting = 10_000;

/**
 * Marks recordings as seen by those who got something of them. Nobody waits for a mark: one that a killed process had not
 * written yet is lost, and made again when the user listens again.
 */
@Injectable()
export class SeenMarks implements OnApplicationShutdown {
  private readonly written = new LRUCache<string, true>({ ...entriesAtMost(remembered), ttl: anewAfterMs });
  private readonly waiting = new GatheredWrites<SeenMark>(gatheringMs, marks => this.put(marks));

  constructor(
    @Inject(storeTokens.seenMarks) private readonly marks: SeenMarkStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  note(user: User, recordingId: string): void {
    const account = accountId(user);
    const key = JSON.stringify([account, recordingId]);
    if (this.written.has(key) || this.waiting.count >= mostWaiting) return;
    this.written.set(key, true);
    this.waiting.add({ account, recordingId, time: new Date().toISOString() });
  }

  /** When a user last saw each of these, by the ids of those that they have seen. */
  of(user: User, recordingIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.marks.of(accountId(user), recordingIds);
  }

  /** Writes what waits. */
  async onApplicationShutdown(): Promise<void> {
    await this.waiting.end();
  }

  private async put(marks: readonly SeenMark[]): Promise<void> {
    try {
      await this.marks.put(marks);
    } catch (error) {
      for (const { account, recordingId } of marks) this.written.delete(JSON.stringify([account, recordingId]));
      this.logger.warn({ marks: marks.length, error: describeError(error) }, 'recordings could not be marked as seen');
    }
  }
}
