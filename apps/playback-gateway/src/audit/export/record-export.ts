import { describeError, withDeadline, type Logger } from '#platform';
import {
  parseStoredRecord,
  MalformedAuditRecord,
  type AuditHead,
  type AuditLog,
  type AuditRecord,
  type ExportPosition,
  type StoredAuditRecord,
} from '#store';
import type { ExportMetrics } from './export-metrics.js';
import type { RecordSender } from './record-sender.js';

/** Each is a request of its own, and what may be sent twice. */
const batchRecords = 200;
/** Longer than a batch takes: another gateway goes on when this one is gone for so long. */
const claimMs = 30_000;
const closingTimeoutMs = 5000;

export interface ExportParts {
  readonly audit: Pick<AuditLog, 'heads' | 'stored'>;
  readonly position: ExportPosition;
  readonly sender: RecordSender;
  readonly metrics: ExportMetrics;
  readonly logger: Logger;
}

/**
 * Sends all records of the store, whoever wrote them, in the order of each chain. The store is the queue and the position is
 * durable: after an end, however it came, at most one batch is sent again and nothing is left out. Of several gateways of a
 * store one sends.
 */
export class RecordExport {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  /** No other round begins by itself. */
  private stopping = false;
  /** What has begun goes no further. */
  private closing = false;

  constructor(
    private readonly parts: ExportParts,
    private readonly intervalMs: number,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.round().finally(() => {
        if (!this.stopping) this.start();
      });
    }, this.intervalMs);
    this.timer.unref();
  }

  /** Sends what is there, within a bound, and leaves the rest to whoever comes next. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const last = this.running.then(() => this.round());
    await withDeadline(last, closingTimeoutMs, 'sending audit records').catch((error: unknown) => {
      this.parts.logger.warn({ error: describeError(error) }, 'audit records wait for the next gateway to send them');
    });
    this.closing = true;
    await this.parts.sender.close();
    await this.running;
    await last;
    await this.parts.position.release().catch(() => undefined);
    await this.parts.position.close();
  }

  private async round(): Promise<void> {
    const { audit, position, metrics, logger } = this.parts;
    try {
      if (!(await position.claim(claimMs))) {
        metrics.waiting.set(0);
        return;
      }
      const sent = await position.sizes();
      const waiting = (await audit.heads()).filter(({ writer, size }) => size > (sent.get(writer) ?? 0));
      metrics.waiting.set(waiting.reduce((sum, { writer, size }) => sum + size - (sent.get(writer) ?? 0), 0));
      for (const head of waiting) await this.sendChain(head, sent.get(head.writer) ?? 0);
    } catch (error) {
      metrics.failures.inc();
      logger.error({ error: describeError(error) }, 'audit records could not be sent; they are sent again');
    }
  }

  private async sendChain({ writer, size }: AuditHead, sent: number): Promise<void> {
    const { audit, position, sender, metrics } = this.parts;
    for (let from = sent; from < size && !this.closing;) {
      const end = Math.min(size, from + batchRecords);
      const records: AuditRecord[] = [];
      for await (const stored of audit.stored([{ writer, from, size: end }])) records.push(...readable(stored));
      if (records.length > 0) await sender.send(records);
      await position.advance(writer, end);
      metrics.sent.inc(records.length);
      metrics.lost.inc(end - from - records.length);
      metrics.waiting.dec(end - from);
      from = end;
      if (!(await position.claim(claimMs))) return;
    }
  }
}

/** One that somebody broke is found by verifying; it must not stand in the way of the others. */
function readable(stored: StoredAuditRecord): AuditRecord[] {
  try {
    return [parseStoredRecord(stored)];
  } catch (error) {
    if (error instanceof MalformedAuditRecord) return [];
    throw error;
  }
}
