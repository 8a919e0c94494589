import { Counter, Gauge, type Registry } from 'prom-client';
import type { StorageObserver } from '#media-storage';

/** What the worker counts. */
export class WorkerMetrics {
  readonly requests: Counter<'outcome'>;
  readonly activeStreams: Gauge;
  readonly plaintextBytes: Counter;
  readonly storageBytes: Counter;
  readonly mediaSessions: Counter<'result'>;
  readonly storageRequests: Counter<'status'>;
  readonly storageRangesIgnored: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'rcs_worker_requests_total',
      help: 'Media requests of gateways by outcome: ok, aborted, or an error code.',
      labelNames: ['outcome'],
      registers,
    });
    this.activeStreams = new Gauge({
      name: 'rcs_worker_active_streams',
      help: 'Media requests being answered.',
      registers,
    });
    this.plaintextBytes = new Counter({
      name: 'rcs_worker_plaintext_bytes_total',
      help: 'Bytes of media sent.',
      registers,
    });
    this.storageBytes = new Counter({
      name: 'rcs_worker_storage_bytes_total',
      help: 'Bytes read from the storages.',
      registers,
    });
    this.mediaSessions = new Counter({
      name: 'rcs_worker_media_sessions_total',
      help: 'Look-ups of opened media: hit re-used a session, miss opened one.',
      labelNames: ['result'],
      registers,
    });
    this.storageRequests = new Counter({
      name: 'rcs_worker_storage_requests_total',
      help: 'Requests to the storages by HTTP status, or failed.',
      labelNames: ['status'],
      registers,
    });
    this.storageRangesIgnored = new Counter({
      name: 'rcs_worker_storage_ranges_ignored_total',
      help: 'Answers of a storage with a whole file although a range was asked for.',
      registers,
    });
  }

  /** Counts what the storages do. */
  storageObserver(): StorageObserver {
    return {
      requested: status => this.storageRequests.inc({ status: String(status) }),
      received: bytes => this.storageBytes.inc(bytes),
      rangeIgnored: () => this.storageRangesIgnored.inc(),
    };
  }
}
