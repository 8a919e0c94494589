import type { Logger } from '#platform';
import type { KeyStore } from '../token/key-store.js';

/**
 * Ends the process when a token hangs for `limitMs`: a native call that does not return keeps its thread and the module
 * without end, so that only a new process gets the token back. Whoever supervises it starts it
 * again; other vaults answer meanwhile.
 */
export function startHungTokenWatchdog(keys: KeyStore, limitMs: number, logger: Logger): NodeJS.Timeout {
  const hungSince = new Map<string, number>();
  const look = (): void => {
    for (const { name, state, reason } of keys.tokens) {
      const since = hungSince.get(name) ?? performance.now();
      if (state !== 'hung') hungSince.delete(name);
      else hungSince.set(name, since);
      if (state !== 'hung' || performance.now() - since < limitMs) continue;
      logger.fatal({ token: { name, reason } }, 'the token hangs; ending, so that a new process can open it');
      // An orderly exit would wait for the thread that hangs.
      process.kill(process.pid, 'SIGKILL');
    }
  };
  return setInterval(look, Math.max(10, Math.min(1000, limitMs / 4))).unref();
}
