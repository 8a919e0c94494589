import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import type { RewrapRun } from '#store';
import { METRICS_REGISTRY } from '../dependencies/injection-tokens.js';

const results = ['rewrapped', 'unchanged', 'notRewrappable', 'failed'] as const;

/** What is done about certificates in the background: runs that rewrap, and warnings of their end. */
@Injectable()
export class CertificateMetrics {
  private readonly envelopes: Counter<'result'>;
  private readonly interruptions: Counter;
  private readonly webhookCalls: Counter<'outcome'>;

  constructor(@Inject(METRICS_REGISTRY) registry: Registry) {
    const registers = [registry];
    this.envelopes = new Counter({
      name: 'rcs_rewrap_envelopes_total',
      help: 'Media files that rewrap runs are through with, by result: rewrapped, unchanged, notRewrappable or failed.',
      labelNames: ['result'],
      registers,
    });
    this.interruptions = new Counter({
      name: 'rcs_rewrap_interruptions_total',
      help: 'Times a rewrap run had to wait, because the vault or the store was away. It is tried again.',
      registers,
    });
    this.webhookCalls = new Counter({
      name: 'rcs_expiry_webhook_calls_total',
      help: 'Warnings of the end of a certificate to recordingCertificates.expiryWebhook, by outcome: ok or failed.',
      labelNames: ['outcome'],
      registers,
    });
    for (const result of results) this.envelopes.inc({ result }, 0);
    for (const outcome of ['ok', 'failed']) this.webhookCalls.inc({ outcome }, 0);
  }

  /** A step of a run has been taken. */
  rewrapStep(before: RewrapRun, after: RewrapRun): void {
    for (const result of results)
      this.envelopes.inc({ result }, Math.max(0, after.counts[result] - before.counts[result]));
  }

  rewrapInterrupted(): void {
    this.interruptions.inc();
  }

  webhookTold(outcome: 'ok' | 'failed'): void {
    this.webhookCalls.inc({ outcome });
  }
}
