import { Gauge, type Registry } from 'prom-client';
import type { Readiness } from '../management/readiness.js';

/** Asks the readiness checks whenever metrics are read, so that an alert can say what is wrong before anybody is told. */
export function observeReadiness(registry: Registry, readiness: Pick<Readiness, 'report'>): void {
  new Gauge({
    name: 'rcs_ready',
    help: '1 while a readiness check is well, 0 while it is not, by check; a service may serve without some of them.',
    labelNames: ['check'],
    registers: [registry],
    async collect() {
      const { checks } = await readiness.report();
      this.reset();
      for (const [check, state] of Object.entries(checks)) this.set({ check }, state === 'ok' ? 1 : 0);
    },
  });
}
