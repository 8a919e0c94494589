import { describeError, type Logger } from '#platform';
import type { KeyStore } from '../token/key-store.js';

/** Other vaults of the same token disable keys, too: after this time at the latest it is known here. */
const intervalMs = 1000;
/** Reading takes at most one part in so many of the time, however slow the token is. */
const share = 20;
const readTimeoutMs = 10_000;

/** Reads again and again which keys are disabled. @returns what ends it */
export function watchDisabledKeys(keys: KeyStore, logger: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const read = async (): Promise<void> => {
    const started = performance.now();
    try {
      await keys.refreshDisabled(AbortSignal.timeout(readTimeoutMs));
    } catch (error) {
      // A token that is away opens nothing; when it is back it is read before anything else happens.
      logger.debug({ error: describeError(error) }, 'which keys are disabled cannot be read now');
    }
    wait(Math.max(intervalMs, share * (performance.now() - started)));
  };
  const wait = (ms: number): void => {
    if (!ended) timer = setTimeout(() => void read(), ms).unref();
  };
  wait(intervalMs);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
