import { Inject, Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import type { ArchiveJobCount } from '#store';
import { METRICS_REGISTRY } from '../dependencies/injection-tokens.js';

/** Archive jobs of all contact centers. */
@Injectable()
export class ArchiveJobGauge {
  private readonly jobs: Gauge<'state'>;

  constructor(@Inject(METRICS_REGISTRY) registry: Registry) {
    this.jobs = new Gauge({
      name: 'rcs_archive_jobs',
      help:
        'Archive jobs that are remembered, by their state: running, paused, failed, cancelled, done. Every gateway says the ' +
        'same.',
      labelNames: ['state'],
      registers: [registry],
    });
  }

  set(counts: ArchiveJobCount): void {
    for (const [state, count] of Object.entries(counts)) this.jobs.set({ state }, count);
  }
}
