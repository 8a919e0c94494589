import type { AuditCheckpointNote } from '#grants';
import { describeError, withDeadline, type Logger } from '#platform';
import type { AuditSinkMetrics } from './audit-sink-metrics.js';
import type { CheckpointSink } from './checkpoint-sink.js';

/** A later checkpoint vouches for all that an earlier one does, so the oldest are given up first. */
const mostWaiting = 100;
const keepTimeoutMs = 10_000;
const longestPauseMs = 60_000;
const firstPauseMs = 1000;
const closingTimeoutMs = 5000;
/** Of one checkpoint, while later ones wait: what a sink refuses for good must not stand in their way. */
const mostAttempts = 10;

/** Hands checkpoints to one sink, in their order, again and again until it keeps them. Nothing waits for it. */
export class CheckpointDelivery {
  private readonly waiting: AuditCheckpointNote[] = [];
  private running: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private closing = false;

  constructor(
    private readonly sink: CheckpointSink,
    private readonly metrics: AuditSinkMetrics,
    private readonly logger: Logger,
  ) {
    metrics.watch(sink.name);
  }

  deliver(checkpoint: AuditCheckpointNote): void {
    if (this.sink.catchesUp === true) this.waiting.length = 0;
    if (this.waiting.length >= mostWaiting) {
      this.waiting.shift();
      this.metrics.dropped(this.sink.name);
    }
    this.waiting.push(checkpoint);
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  /** Tries what waits once more, within a bound. */
  async close(): Promise<void> {
    this.closing = true;
    this.wake?.();
    const rest = this.running ?? Promise.resolve();
    await withDeadline(rest, closingTimeoutMs, `keeping checkpoints: ${this.sink.name}`).catch((error: unknown) => {
      this.logger.error({ sink: this.sink.name, error: describeError(error) }, 'audit checkpoints were not kept');
    });
    await this.sink.close?.();
  }

  private async run(): Promise<void> {
    for (let failures = 0; this.waiting.length > 0;) {
      const [checkpoint] = this.waiting;
      if (checkpoint === undefined) return;
      if (await this.isKept(checkpoint)) {
        this.remove(checkpoint);
        failures = 0;
        continue;
      }
      if (this.closing) return;
      failures += 1;
      await this.pause(Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs));
      if (failures < mostAttempts || this.waiting.length < 2) continue;
      this.remove(checkpoint);
      this.metrics.dropped(this.sink.name);
      failures = 0;
    }
  }

  /** It may have been given up meanwhile. */
  private remove(checkpoint: AuditCheckpointNote): void {
    if (this.waiting[0] === checkpoint) this.waiting.shift();
  }

  private async isKept(checkpoint: AuditCheckpointNote): Promise<boolean> {
    const { name } = this.sink;
    try {
      const keeping = this.sink.keep(checkpoint);
      if (this.sink.catchesUp === true) await keeping;
      else await withDeadline(keeping, keepTimeoutMs, `keeping a checkpoint: ${name}`);
      this.metrics.kept(name, checkpoint.content.time);
      return true;
    } catch (error) {
      this.metrics.failed(name);
      const { number } = checkpoint.content;
      this.logger.error({ sink: name, number, error: describeError(error) }, 'an audit checkpoint is not kept yet');
      return false;
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
