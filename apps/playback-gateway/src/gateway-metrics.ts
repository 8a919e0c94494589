import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the gateway counts. Labels are bounded: routes are templates, outcomes are error codes. */
export class GatewayMetrics {
  readonly requests: Histogram<'route' | 'method' | 'status'>;
  readonly playbacks: Counter<'outcome'>;
  readonly timeToFirstByte: Histogram;
  readonly bytesSent: Counter;
  readonly activePlaybacks: Gauge;
  readonly resumedPlaybacks: Counter;
  readonly workers: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Histogram({
      name: 'rcs_gateway_request_seconds',
      help: 'Duration of requests, bodies included.',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
      registers,
    });
    this.playbacks = new Counter({
      name: 'rcs_playbacks_total',
      help: 'Playbacks by outcome: ok, aborted by the player, or an error code.',
      labelNames: ['outcome'],
      registers,
    });
    this.timeToFirstByte = new Histogram({
      name: 'rcs_playback_first_byte_seconds',
      help: 'Time from a playback request to the head of its answer.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.bytesSent = new Counter({
      name: 'rcs_playback_bytes_total',
      help: 'Bytes of media sent to players.',
      registers,
    });
    this.activePlaybacks = new Gauge({ name: 'rcs_active_playbacks', help: 'Playbacks being answered.', registers });
    this.resumedPlaybacks = new Counter({
      name: 'rcs_playbacks_resumed_total',
      help: 'Bodies that a second worker continued after the first one failed.',
      registers,
    });
    this.workers = new Gauge({
      name: 'rcs_workers_available',
      help: 'Decrypt workers this gateway may choose from.',
      registers,
    });
  }
}
