import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { describeError, type Logger } from '#platform';
import { custodyOutcomes, type CustodyOutcome, type CustodyStore } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { CustodyGauges } from '../metrics/custody-gauges.js';

const everyMs = 15_000;

/** Says how all contact centers stand, as metrics; every gateway says the same. */
@Injectable()
export class CustodyMetrics implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private finished: Promise<void> = Promise.resolve();

  constructor(
    @Inject(storeTokens.custody) private readonly store: CustodyStore,
    private readonly gauges: CustodyGauges,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  onApplicationBootstrap(): void {
    this.finished = this.loop();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.finished;
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.report().catch((error: unknown) =>
        this.logger.warn({ error: describeError(error) }, 'how recordings stand is not known'),
      );
      await sleep(everyMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  private async report(): Promise<void> {
    const summaries = await this.store.summaries();
    const sum = (count: (summary: (typeof summaries)[number]) => number): number =>
      summaries.reduce((total, summary) => total + count(summary), 0);
    const outcomes = Object.fromEntries(
      custodyOutcomes.map(outcome => [outcome, sum(summary => summary.outcomes[outcome])]),
    ) as Record<CustodyOutcome, number>;
    const proved = Object.values(outcomes).reduce((total, count) => total + count, 0);
    const oldest = summaries.flatMap(({ oldestProof }) => oldestProof ?? []);
    const neverProved = Math.max(0, sum(({ mediaFiles }) => mediaFiles) - proved);
    this.gauges.set(
      { ...outcomes, 'never-proved': neverProved },
      oldest.length === 0 ? undefined : Math.min(...oldest),
    );
  }
}
