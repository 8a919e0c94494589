import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { HandOverCounts } from '#store';
import { METRICS_REGISTRY } from '../dependencies/injection-tokens.js';

const results = ['delivered', 'failed', 'given-up'] as const;

/** How the metadata of new recordings reaches interaction receivers. */
@Injectable()
export class HandOverMetrics {
  private readonly attempts: Counter<'result'>;
  private readonly waiting: Gauge;
  private readonly givenUp: Gauge;

  constructor(@Inject(METRICS_REGISTRY) registry: Registry) {
    const registers = [registry];
    this.attempts = new Counter({
      name: 'rcs_hand_overs_total',
      help: 'Attempts to hand metadata over to an interaction receiver: delivered, failed (tried again later), given-up.',
      labelNames: ['result'],
      registers,
    });
    for (const result of results) this.attempts.inc({ result }, 0);
    this.waiting = new Gauge({
      name: 'rcs_hand_overs_waiting',
      help: 'Recordings whose metadata an interaction receiver is still to get, in the whole store.',
      registers,
    });
    this.givenUp = new Gauge({
      name: 'rcs_hand_overs_given_up',
      help: 'Recordings whose metadata no interaction receiver took, in the whole store: an operator must decide.',
      registers,
    });
  }

  attempt(result: (typeof results)[number]): void {
    this.attempts.inc({ result });
  }

  counted({ waiting, givenUp }: HandOverCounts): void {
    this.waiting.set(waiting);
    this.givenUp.set(givenUp);
  }
}
