import type { CheckpointBucket } from '#checkpoint-bucket';
import type { AuditCheckpointNote } from '#grants';
import type { AuditLog, StoredCheckpoint } from '#store';
import type { CheckpointSink } from './checkpoint-sink.js';

/**
 * A bucket with object lock. The store is the queue: checkpoints are brought in the order of their numbers, so what the bucket
 * lacks is what comes after the last one that it has, whichever gateway brought that, and however long it was away.
 */
export class BucketSink implements CheckpointSink {
  readonly name = 's3';
  readonly catchesUp = true;
  /** The bucket has all up to this number. */
  private through: number | undefined;
  private closed = false;

  constructor(
    private readonly bucket: CheckpointBucket,
    private readonly audit: Pick<AuditLog, 'checkpoints'>,
  ) {}

  async keep({ content: { number } }: AuditCheckpointNote): Promise<void> {
    this.through ??= await this.lastInBucket(number);
    for await (const checkpoint of this.audit.checkpoints(this.through)) {
      if (this.closed) throw new Error('the gateway ends; what is missing is brought by the next one');
      await this.bucket.keep(checkpoint);
      this.through = checkpoint.number;
      if (checkpoint.number >= number) return;
    }
  }

  close(): Promise<void> {
    this.closed = true;
    this.bucket.close();
    return Promise.resolve();
  }

  /** The number of the last one that the bucket has; 0 where it has none. In steps of twice the size, then by halves. */
  private async lastInBucket(newest: number): Promise<number> {
    let missing = newest + 1;
    let there = newest;
    for (let step = 1; there > 0 && !(await this.isInBucket(there)); step *= 2) {
      missing = there;
      there = Math.max(0, newest - step);
    }
    while (missing - there > 1) {
      const middle = Math.floor((there + missing) / 2);
      if (await this.isInBucket(middle)) there = middle;
      else missing = middle;
    }
    return there;
  }

  private async isInBucket(number: number): Promise<boolean> {
    const checkpoint = await this.stored(number);
    return checkpoint !== undefined && (await this.bucket.has(checkpoint));
  }

  private async stored(number: number): Promise<StoredCheckpoint | undefined> {
    for await (const checkpoint of this.audit.checkpoints(number - 1)) {
      return checkpoint.number === number ? checkpoint : undefined;
    }
    return undefined;
  }
}
