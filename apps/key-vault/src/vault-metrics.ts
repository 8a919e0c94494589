import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** From 100 microseconds, doubling: a token in the process and one across a network both fit. */
const tokenBuckets = Array.from({ length: 15 }, (_, step) => 0.0001 * 2 ** step);

export interface TokenGauges {
  readonly sessionsInUse: () => number;
  readonly queued: () => number;
  readonly keys: () => number;
  readonly available: () => boolean;
}

/** What the vault counts. */
export class VaultMetrics {
  readonly calls: Counter<'call' | 'caller' | 'outcome'>;
  readonly queueSeconds: Histogram;
  readonly executionSeconds: Histogram;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'rcs_vault_calls_total',
      help: 'Calls by name, role of the caller and outcome: ok or an error code.',
      labelNames: ['call', 'caller', 'outcome'],
      registers,
    });
    this.queueSeconds = new Histogram({
      name: 'rcs_vault_token_queue_seconds',
      help: 'Time an operation waited for a session of the token.',
      buckets: tokenBuckets,
      registers,
    });
    this.executionSeconds = new Histogram({
      name: 'rcs_vault_token_execution_seconds',
      help: 'Time an operation took inside the token.',
      buckets: tokenBuckets,
      registers,
    });
  }

  /** Gauges that are read when Prometheus asks. */
  observeToken(gauges: TokenGauges): void {
    this.gauge('rcs_vault_token_sessions_in_use', 'Sessions with an operation in flight.', gauges.sessionsInUse);
    this.gauge('rcs_vault_token_queue_length', 'Operations waiting for a session.', gauges.queued);
    this.gauge('rcs_vault_keys', 'Private keys in the token.', gauges.keys);
    this.gauge('rcs_vault_token_available', '1 while the token works, 0 while the breaker is open.', () =>
      gauges.available() ? 1 : 0,
    );
  }

  private gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
