import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayAnswerError, type GatewayClient } from '../gateway-client/gateway-client.js';
import type { Proof, ProvedPage } from './custody-answers.js';

/** What a run does. */
export interface CustodyRun {
  /** Media files that were proved since then are left out; ISO 8601. */
  readonly before: string;
  readonly sample: { readonly share: number; readonly seed: string } | undefined;
  /** Media files a second, at most. */
  readonly perSecond: number;
  /** How long a gateway, a worker or a vault that is away is waited for, ms. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly proved: (proofs: readonly Proof[]) => void;
  readonly waiting: (reason: string) => void;
}

const pageSize = 50;
const pauseMs = 1000;

/**
 * Has the gateway prove recordings page by page. What was proved is kept by the gateway, so that a run that was killed goes on
 * where it stood when it is begun again with the same `before`.
 * @throws GatewayAnswerError for what waiting does not mend
 */
export async function proveRecordings(gateway: Pick<GatewayClient, 'call'>, run: CustodyRun): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined;) {
    run.signal.throwIfAborted();
    const began = performance.now();
    const { proofs, next } = await page(gateway, run, after);
    run.proved(proofs);
    after = next;
    const rest = (proofs.length / run.perSecond) * 1000 - (performance.now() - began);
    if (after !== undefined && rest > 0) await sleep(rest, undefined, { signal: run.signal });
  }
}

async function page(gateway: Pick<GatewayClient, 'call'>, run: CustodyRun, after: string): Promise<ProvedPage> {
  const { before, sample, patienceMs, signal } = run;
  const ends = performance.now() + patienceMs;
  const body = { after, before, limit: pageSize, ...(sample === undefined ? {} : { sample }) };
  for (;;) {
    try {
      return (await gateway.call('POST', '/rcs/custody/proofs', body)) as ProvedPage;
    } catch (error) {
      if (!isPassing(error) || performance.now() > ends) throw error;
      run.waiting(error instanceof Error ? error.message : String(error));
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/** Whether it may be over in a moment: the gateway is away, or says that a part of it is. */
const isPassing = (error: unknown): boolean =>
  error instanceof GatewayAnswerError ? error.status === 429 || error.status >= 502 : error instanceof Error;
