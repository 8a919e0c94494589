import { setTimeout } from 'node:timers/promises';

const patienceMs = 10_000;

/** Resolves once a server answers anything at all. @throws Error after ten seconds. */
export async function answering(url: string): Promise<void> {
  for (const end = performance.now() + patienceMs; ;) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1000) });
      return;
    } catch (error) {
      if (performance.now() > end) throw new Error(`${url} does not answer`, { cause: error });
      await setTimeout(100);
    }
  }
}
