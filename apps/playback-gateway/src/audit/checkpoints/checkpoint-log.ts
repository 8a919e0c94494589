import type { AuditCheckpointNote } from '#grants';
import type { Logger } from '#platform';
import type { CheckpointSink } from './checkpoint-sink.js';

/** The log of the process, which is often collected elsewhere. */
export class CheckpointLog implements CheckpointSink {
  readonly name = 'log';

  constructor(private readonly logger: Logger) {}

  keep({ content: { number }, digest, note }: AuditCheckpointNote): Promise<void> {
    this.logger.info({ number, digest, checkpoint: note }, 'audit checkpoint');
    return Promise.resolve();
  }
}
