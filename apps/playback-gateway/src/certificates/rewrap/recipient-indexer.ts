import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, type Logger } from '#platform';
import type { RewrapStore } from '#store';
import { recipientsOfMediaFile } from '../recipient-names.js';

const batchSize = 50;
const pauseMs = 20;
const retryMs = 5000;

/** Reads whom recordings are for that were inserted before the store kept that. Ends when none is left. */
export class RecipientIndexer {
  private readonly stopping = new AbortController();
  private finished: Promise<void> = Promise.resolve();

  constructor(
    private readonly rewraps: RewrapStore,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.finished = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.finished;
  }

  private async run(): Promise<void> {
    let indexed = 0;
    while (!this.stopping.signal.aborted) {
      try {
        const recordings = await this.rewraps.unindexed(batchSize);
        if (recordings.length === 0) break;
        const writes = recordings.map(({ id, mediaFiles }) =>
          this.rewraps.index(id, mediaFiles.map(recipientsOfMediaFile)),
        );
        await Promise.all(writes);
        indexed += recordings.length;
        await this.wait(pauseMs);
      } catch (error) {
        this.logger.warn({ error: describeError(error) }, 'recipients of older recordings cannot be read now');
        await this.wait(retryMs);
      }
    }
    if (indexed > 0) this.logger.info({ recordings: indexed }, 'recipients of older recordings are known now');
  }

  private async wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
