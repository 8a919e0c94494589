import { Counter, Histogram, type Registry } from 'prom-client';
import { internalLatencyBuckets, observedCalls, observeGauge, outcomeOf, type CallEnd } from '#platform';
import type { Store } from '#store';

/** How the store and the audit log answer. A record is pending from the wish to write it until it is durable. */
export class StoreMetrics {
  readonly operationSeconds: Histogram<'repository' | 'operation' | 'outcome'>;
  readonly auditFailures: Counter<'code'>;
  /** When each pending audit record was handed over, milliseconds, the oldest first. */
  private readonly pendingAudit = new Map<symbol, number>();

  constructor(registry: Registry) {
    this.operationSeconds = new Histogram({
      name: 'rcs_store_operation_seconds',
      help: 'Time of operations of the store, waiting included, by repository, operation and outcome.',
      labelNames: ['repository', 'operation', 'outcome'],
      buckets: internalLatencyBuckets,
      registers: [registry],
    });
    this.auditFailures = new Counter({
      name: 'rcs_audit_failures_total',
      help: 'Audit records that could not be written, by error code. What they would have allowed was refused.',
      labelNames: ['code'],
      registers: [registry],
    });
    for (const code of ['RCS_AUDIT_UNAVAILABLE', 'RCS_OVERLOADED']) this.auditFailures.inc({ code }, 0);
    observeGauge(
      registry,
      'rcs_audit_pending_records',
      'Audit records on their way to the disk.',
      () => this.pendingAudit.size,
    );
    observeGauge(registry, 'rcs_audit_lag_seconds', 'Age of the oldest audit record that is not durable yet.', () => {
      const [oldest] = this.pendingAudit.values();
      return oldest === undefined ? 0 : (performance.now() - oldest) / 1000;
    });
  }

  /** The same store, with every operation of its repositories measured. */
  measured(store: Store): Store {
    const repositories = new Map<unknown, unknown>();
    return new Proxy(store, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value === 'function') return value.bind(target) as unknown;
        if (typeof value !== 'object' || value === null || typeof property !== 'string') return value;
        const known = repositories.get(value);
        if (known !== undefined) return known;
        const wrapped = observedCalls(value, operation => this.begin(property, operation));
        repositories.set(value, wrapped);
        return wrapped;
      },
    });
  }

  private begin(repository: string, operation: string): CallEnd {
    const record = Symbol();
    const isAudit = repository === 'audit' && operation === 'append';
    if (isAudit) this.pendingAudit.set(record, performance.now());
    return (seconds, error) => {
      this.pendingAudit.delete(record);
      const outcome = outcomeOf(error);
      this.operationSeconds.observe({ repository, operation, outcome }, seconds);
      if (isAudit && error !== undefined) this.auditFailures.inc({ code: outcome });
    };
  }
}
