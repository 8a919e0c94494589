import { Counter, Gauge, type Registry } from 'prom-client';

/** How well the place that audit records are sent to keeps up. */
export class ExportMetrics {
  readonly sent: Counter;
  readonly failures: Counter;
  readonly lost: Counter;
  readonly waiting: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.sent = new Counter({
      name: 'rcs_audit_records_exported_total',
      help: 'Audit records that the collector of audit.otlp took.',
      registers,
    });
    this.failures = new Counter({
      name: 'rcs_audit_export_failures_total',
      help: 'Attempts at which that collector took no audit records. Each is repeated.',
      registers,
    });
    this.lost = new Counter({
      name: 'rcs_audit_records_not_exported_total',
      help: 'Audit records that were archived, or could not be read, before they were sent.',
      registers,
    });
    this.waiting = new Gauge({
      name: 'rcs_audit_export_waiting_records',
      help: 'Audit records of the store that were not sent yet; 0 in gateways that leave it to another one.',
      registers,
    });
  }
}
