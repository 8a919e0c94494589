import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { failureCodes, listenerLatencyBuckets, observeGauge, outcomeLabels, outcomeOf } from '#platform';
import { METRICS_REGISTRY } from '../dependencies/injection-tokens.js';

/** What the gateway counts. Labels are bounded: routes are templates, outcomes are error codes. */
@Injectable()
export class GatewayMetrics {
  readonly requests: Histogram<'route' | 'method' | 'status'>;
  readonly errors: Counter<'code'>;
  readonly authentications: Counter<'outcome'>;
  /** `begun`, or `ended` by whoever has it or an administrator; others run out. */
  readonly sessions: Counter<'event'>;
  readonly denials: Counter<'action' | 'code'>;
  readonly playbacks: Counter<'outcome' | 'result'>;
  readonly timeToFirstByte: Histogram;
  readonly bytesSent: Counter;
  readonly activePlaybacks: Gauge;
  readonly playbackLimit: Gauge;
  readonly resumedPlaybacks: Counter;
  readonly workers: Gauge;
  readonly nearbyWorkers: Gauge;
  readonly workerSuspensions: Counter;
  /** `taken` into the store, `missing` there, `refused` or `unavailable`. */
  readonly recordingSourceAnswers: Counter<'outcome'>;
  private readonly notInspected: Gauge;
  private readonly withoutContentTree: Gauge;
  private readonly notIndexable: Gauge;
  private registryReadAt: number | undefined;

  constructor(@Inject(METRICS_REGISTRY) private readonly registry: Registry) {
    this.requests = new Histogram({
      name: 'rcs_gateway_request_seconds',
      help: 'Duration of requests, bodies included, by route, method and class of status.',
      labelNames: ['route', 'method', 'status'],
      buckets: [...listenerLatencyBuckets, 30, 60, 300],
      registers: [registry],
    });
    this.errors = this.counter('rcs_gateway_errors_total', 'Requests answered with an error, by its code.', ['code']);
    this.authentications = this.counter(
      'rcs_authentications_total',
      'Attempts to authenticate: ok, missing (no credentials were sent), or an error code.',
      ['outcome'],
    );
    this.sessions = this.counter('rcs_sessions_total', 'Sessions that were begun, and ended before they ran out.', [
      'event',
    ]);
    this.denials = this.counter(
      'rcs_access_denials_total',
      'Authenticated requests that were not allowed, by what was asked for and the code of the refusal.',
      ['action', 'code'],
    );
    this.playbacks = this.counter(
      'rcs_playbacks_total',
      'Playbacks by outcome (ok, aborted by the player, or an error code) and result (ok, aborted, refused, failed).',
      ['outcome', 'result'],
    );
    this.timeToFirstByte = new Histogram({
      name: 'rcs_playback_first_byte_seconds',
      help: 'Time from an authenticated playback request to the head of its answer.',
      buckets: listenerLatencyBuckets,
      registers: [registry],
    });
    this.bytesSent = this.counter('rcs_playback_bytes_total', 'Bytes of media sent to players.', []);
    this.activePlaybacks = this.gauge('rcs_active_playbacks', 'Playbacks being answered.');
    this.playbackLimit = this.gauge('rcs_playbacks_limit', 'Playbacks this gateway answers at once at most.');
    this.resumedPlaybacks = this.counter(
      'rcs_playbacks_resumed_total',
      'Bodies that another worker was asked to continue after the first one failed.',
      [],
    );
    this.workers = this.gauge('rcs_workers_available', 'Decrypt workers this gateway may choose from.');
    this.nearbyWorkers = this.gauge(
      'rcs_workers_nearby',
      'Decrypt workers of the same host that this gateway asks through their sockets, without TLS.',
    );
    this.workerSuspensions = this.counter(
      'rcs_worker_suspensions_total',
      'Times this gateway left a worker alone for a moment, because it failed.',
      [],
    );
    this.recordingSourceAnswers = this.counter(
      'rcs_recording_source_answers_total',
      'Recordings that a source (RWS) was asked for: taken, missing there, refused for what it said, or unavailable.',
      ['outcome'],
    );
    this.notInspected = this.gauge(
      'rcs_media_files_not_inspected',
      'Media files of which nobody knows whom they are for; 0 at gateways that do not index.',
    );
    this.withoutContentTree = this.gauge(
      'rcs_media_files_without_content_tree',
      'Inspected media files whose content is not proved when they play; 0 at gateways that do not index.',
    );
    this.notIndexable = this.gauge(
      'rcs_media_files_not_indexable',
      'Media files that could not be looked at the last time; 0 at gateways that do not index.',
    );
    this.observeRegistryAge();
    this.beginAtZero();
  }

  /** Counts an attempt to authenticate by how it ends; `missing` says that there were no credentials to check. */
  async authentication<T>(attempt: Promise<T>, missing: boolean): Promise<T> {
    try {
      const admitted = await attempt;
      this.authentications.inc({ outcome: 'ok' });
      return admitted;
    } catch (error) {
      this.authentications.inc({ outcome: missing ? 'missing' : outcomeOf(error) });
      throw error;
    }
  }

  registryRead(): void {
    this.registryReadAt = performance.now();
  }

  /** How far this gateway is, which looks at media files in the background. */
  mediaIndex(status: { notInspected: number; withoutContentTree: number; failing: number }): void {
    this.notInspected.set(status.notInspected);
    this.withoutContentTree.set(status.withoutContentTree);
    this.notIndexable.set(status.failing);
  }

  /** Another gateway says how far it is. */
  mediaIndexedElsewhere(): void {
    this.mediaIndex({ notInspected: 0, withoutContentTree: 0, failing: 0 });
  }

  private beginAtZero(): void {
    for (const outcome of ['ok', 'aborted', ...failureCodes] as const) this.playbacks.inc(outcomeLabels(outcome), 0);
    for (const outcome of ['taken', 'missing', 'refused', 'unavailable'])
      this.recordingSourceAnswers.inc({ outcome }, 0);
    for (const outcome of ['ok', 'missing', 'RCS_AUTHENTICATION_REQUIRED', 'RCS_TOO_MANY_REQUESTS'])
      this.authentications.inc({ outcome }, 0);
    for (const event of ['begun', 'ended']) this.sessions.inc({ event }, 0);
    for (const action of ['read', 'play-encrypted'])
      for (const code of ['RCS_INSUFFICIENT_PERMISSION', 'RCS_INSUFFICIENT_ROLE', 'RCS_RECORDING_NOT_FOUND'])
        this.denials.inc({ action, code }, 0);
  }

  private observeRegistryAge(): void {
    const age = (): number =>
      this.registryReadAt === undefined ? 0 : (performance.now() - this.registryReadAt) / 1000;
    const help = 'How long ago this gateway last read the registry of workers.';
    observeGauge(this.registry, 'rcs_worker_registry_age_seconds', help, age);
  }

  private counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
