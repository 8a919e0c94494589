import type { AuditCheckpointNote } from '#grants';

/** A place where checkpoints are kept; the best ones lie where whoever can write the store cannot. */
export interface CheckpointSink {
  /** For logs and metrics. */
  readonly name: string;
  /** Resolves when it is kept there. Rejects when it is not; then it is tried again. */
  keep(checkpoint: AuditCheckpointNote): Promise<void>;
  close?(): Promise<void>;
}
