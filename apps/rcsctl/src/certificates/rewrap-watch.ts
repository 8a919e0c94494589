import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import { progress } from '../terminal/print.js';
import type { RewrapLine } from './certificate-tables.js';

const intervalMs = 1000;

/** Asks for a run until it is done or paused; tells how far it is where somebody watches. */
export async function watchRewrap(gateway: GatewayClient, id: string): Promise<RewrapLine> {
  for (;;) {
    const run = (await gateway.call('GET', `/rcs/rewraps/${encodeURIComponent(id)}`)) as RewrapLine;
    progress(
      `${run.percent} %, ${run.processed} of ${run.counts.total}${run.waiting === undefined ? '' : `, waits: ${run.waiting}`}`,
    );
    if (run.state !== 'running') return run;
    await sleep(intervalMs);
  }
}
