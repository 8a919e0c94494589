import { Counter, Gauge, type Registry } from 'prom-client';
import { millisecondsSince } from '#platform';

/** How well the places outside the store keep up with the checkpoints of this gateway. */
export class AuditSinkMetrics {
  private readonly failures: Counter<'sink'>;
  private readonly drops: Counter<'sink'>;
  /** When the last checkpoint was signed that a sink keeps, or since when it has none; milliseconds. */
  private readonly lastKept = new Map<string, number>();

  constructor(registry: Registry) {
    this.failures = new Counter({
      name: 'rcs_audit_checkpoint_sink_failures_total',
      help: 'Attempts at which a sink did not keep an audit checkpoint. Each is tried again.',
      labelNames: ['sink'],
      registers: [registry],
    });
    this.drops = new Counter({
      name: 'rcs_audit_checkpoints_dropped_total',
      help: 'Audit checkpoints that a sink never got because too many waited; later ones vouch for the same.',
      labelNames: ['sink'],
      registers: [registry],
    });
    const { lastKept } = this;
    new Gauge({
      name: 'rcs_audit_checkpoint_age_seconds',
      help: 'Age of the last audit checkpoint that a sink keeps.',
      labelNames: ['sink'],
      registers: [registry],
      collect() {
        for (const [sink, time] of lastKept) this.set({ sink }, Math.max(0, millisecondsSince(time)) / 1000);
      },
    });
  }

  watch(sink: string): void {
    this.lastKept.set(sink, Date.now());
    this.failures.inc({ sink }, 0);
    this.drops.inc({ sink }, 0);
  }

  kept(sink: string, time: string): void {
    this.lastKept.set(sink, Date.parse(time));
  }

  failed(sink: string): void {
    this.failures.inc({ sink });
  }

  dropped(sink: string): void {
    this.drops.inc({ sink });
  }
}
