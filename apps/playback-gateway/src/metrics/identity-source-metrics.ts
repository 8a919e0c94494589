import { Inject, Injectable } from '@nestjs/common';
import { Histogram, type Registry } from 'prom-client';
import { listenerLatencyBuckets, outcomeOf } from '#platform';
import { METRICS_REGISTRY } from '../dependencies/injection-tokens.js';

export type IdentitySource = 'directory' | 'openid';

/** How those answer who know the people: directories and the OpenID provider. */
@Injectable()
export class IdentitySourceMetrics {
  private readonly seconds: Histogram<'source' | 'outcome'>;

  constructor(@Inject(METRICS_REGISTRY) registry: Registry) {
    this.seconds = new Histogram({
      name: 'rcs_identity_source_seconds',
      help: 'Time of questions to directories and to the OpenID provider, by source and outcome: ok or an error code.',
      labelNames: ['source', 'outcome'],
      buckets: listenerLatencyBuckets,
      registers: [registry],
    });
    for (const source of ['directory', 'openid'] as const)
      for (const outcome of ['ok', 'RCS_DIRECTORY_UNAVAILABLE']) this.seconds.zero({ source, outcome });
  }

  /** Measures one question. */
  async measured<T>(source: IdentitySource, question: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      const answer = await question();
      this.ended(source, began, 'ok');
      return answer;
    } catch (error) {
      this.ended(source, began, outcomeOf(error));
      throw error;
    }
  }

  /** @param began by `performance.now()` */
  ended(source: IdentitySource, began: number, outcome: string): void {
    this.seconds.observe({ source, outcome }, (performance.now() - began) / 1000);
  }
}
