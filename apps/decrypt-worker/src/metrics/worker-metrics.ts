import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { StorageObserver } from '#media-storage';
import {
  failureCodes,
  internalLatencyBuckets,
  listenerLatencyBuckets,
  observeGauge,
  outcomeLabels,
  outcomeOf,
  type CallObserver,
} from '#platform';

/** What the worker counts. Read amplification is the ratio of the two counters of bytes. */
export class WorkerMetrics {
  readonly requests: Counter<'outcome' | 'result'>;
  readonly activeStreams: Gauge;
  readonly streamLimit: Gauge;
  readonly plaintextBytes: Counter;
  readonly storageBytes: Counter;
  readonly mediaSessions: Counter<'result'>;
  readonly mediaOpenSeconds: Histogram<'outcome'>;
  readonly sessionKeySeconds: Histogram<'outcome'>;
  readonly storageRequests: Counter<'status'>;
  readonly storageResponseSeconds: Histogram;
  readonly storageRangesIgnored: Counter;

  constructor(private readonly registry: Registry) {
    this.requests = this.counter(
      'rcs_worker_requests_total',
      'Media requests of gateways by outcome (ok, aborted, or an error code) and result (ok, aborted, refused, failed).',
      ['outcome', 'result'],
    );
    this.activeStreams = this.gauge('rcs_worker_active_streams', 'Media requests being answered.');
    this.streamLimit = this.gauge('rcs_worker_streams_limit', 'Media requests this worker answers at once at most.');
    this.plaintextBytes = this.counter('rcs_worker_plaintext_bytes_total', 'Bytes of media sent.', []);
    this.storageBytes = this.counter('rcs_worker_storage_bytes_total', 'Bytes read from the storages.', []);
    this.mediaSessions = this.counter(
      'rcs_worker_media_sessions_total',
      'Look-ups of opened media: hit re-used a session key, miss opened the media or waited for its opening.',
      ['result'],
    );
    this.mediaOpenSeconds = this.histogram(
      'rcs_worker_media_open_seconds',
      'Time to open media: head and tail from the storage, session key from the vault.',
      listenerLatencyBuckets,
    );
    this.sessionKeySeconds = this.histogram(
      'rcs_worker_session_key_seconds',
      'Time to get a session key from the vaults, other vaults that were tried included.',
      internalLatencyBuckets,
    );
    this.storageRequests = this.counter(
      'rcs_worker_storage_requests_total',
      'Requests to the storages by HTTP status, or failed.',
      ['status'],
    );
    this.storageResponseSeconds = new Histogram({
      name: 'rcs_worker_storage_response_seconds',
      help: 'Time from a request to a storage to the head of its answer.',
      buckets: listenerLatencyBuckets,
      registers: [registry],
    });
    this.storageRangesIgnored = this.counter(
      'rcs_worker_storage_ranges_ignored_total',
      'Answers of a storage with a whole file although a range was asked for.',
      [],
    );
    this.beginAtZero();
  }

  /** Counts what the storages do. */
  storageObserver(): StorageObserver {
    return {
      requested: (status, seconds) => {
        this.storageRequests.inc({ status: String(status) });
        if (status !== 'failed') this.storageResponseSeconds.observe(seconds);
      },
      received: bytes => this.storageBytes.inc(bytes),
      rangeIgnored: () => this.storageRangesIgnored.inc(),
    };
  }

  /** Measures every call of an object in this histogram. */
  callObserver(histogram: Histogram<'outcome'>): CallObserver {
    return () => (seconds, error) => histogram.observe({ outcome: outcomeOf(error) }, seconds);
  }

  /** Media that is open now; each holds a session key. */
  observeOpenSessions(count: () => number): void {
    const help = 'Opened media in memory, each with its session key.';
    observeGauge(this.registry, 'rcs_worker_open_media_sessions', help, count);
  }

  private beginAtZero(): void {
    for (const outcome of ['ok', 'aborted', ...failureCodes] as const) this.requests.inc(outcomeLabels(outcome), 0);
    for (const result of ['hit', 'miss']) this.mediaSessions.inc({ result }, 0);
    for (const status of ['500', '503', 'failed']) this.storageRequests.inc({ status }, 0);
  }

  private counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }

  private histogram(name: string, help: string, buckets: number[]): Histogram<'outcome'> {
    return new Histogram({ name, help, labelNames: ['outcome'], buckets, registers: [this.registry] });
  }
}
