import type { AuditCheckpointNote } from '#grants';

/** A place where checkpoints are kept; the best ones lie where whoever can write the store cannot. */
export interface CheckpointSink {
  /** For logs and metrics. */
  readonly name: string;
  /**
   * It brings what comes before from the store, too: only the newest must be handed to it, and nothing is ever lost. What it
   * waits for has deadlines of its own.
   */
  readonly catchesUp?: true;
  /** Resolves when it is kept there. Rejects when it is not; then it is tried again. */
  keep(checkpoint: AuditCheckpointNote): Promise<void>;
  close?(): Promise<void>;
}
