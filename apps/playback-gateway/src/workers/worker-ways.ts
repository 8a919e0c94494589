import type { Dispatcher, Pool } from 'undici';
import type { AnswerPool } from './answers/answer-pool.js';

/**
 * The connections to one place of a worker. Media and stored files, which are most of all bytes, come over those of an own
 * reader, which has only what they need; everything else, uploads among it, goes over those of a library.
 */
export class WorkerWays {
  constructor(
    private readonly pool: Pool,
    readonly bodies: AnswerPool,
  ) {}

  get requests(): Dispatcher {
    return this.pool;
  }

  /** Answers that come in are read to their ends. */
  async close(): Promise<void> {
    await Promise.all([this.pool.close(), this.bodies.close()]);
  }

  async destroy(): Promise<void> {
    await Promise.all([this.pool.destroy(), this.bodies.destroy()]);
  }
}
