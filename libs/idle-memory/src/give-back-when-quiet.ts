import { performance } from 'node:perf_hooks';
import { collectEverything } from './collect-after-start.js';
import { giveBack, type GivenBack } from './give-back.js';
import { lookEveryMs, quietShare, shareOfEventLoop } from './quiet-thread.js';

/**
 * After so many quiet looks memory is given back: not at once, because what is needed for a next request is to stay, and once
 * more when threads that had nothing to do have ended, half a minute after their last work.
 */
const quietLooks: readonly number[] = [3, 9];

interface QuietProcess {
  readonly collect: () => void;
  readonly giveBack: () => GivenBack;
  readonly busyShare: () => number;
}

/**
 * Collects all garbage once, in the first quiet moment after the start, as `collectAfterStart` does, and gives memory back
 * when the process has been quiet for a while: after the start, and whenever it was busy meanwhile. One call for each process, by
 * its main thread; it keeps no process running. A process that cannot give back goes on as it is.
 * @param debug is told what was given back, or once why nothing is
 * @returns ends it
 */
export function giveBackWhenQuiet(
  debug: (details: object, message: string) => void = () => undefined,
  parts: QuietProcess = { collect: collectEverything, giveBack, busyShare: shareOfEventLoop() },
): () => void {
  let collected = false;
  let quiet = 0;
  const look = (): void => {
    if (parts.busyShare() > quietShare) {
      quiet = 0;
      return;
    }
    if (!collected) parts.collect();
    collected = true;
    quiet++;
    if (!quietLooks.includes(quiet)) return;
    try {
      const started = performance.now();
      const given = parts.giveBack();
      debug({ ...given, ms: Math.round(performance.now() - started) }, 'memory was given back');
    } catch (error) {
      clearInterval(timer);
      debug({ error: String(error) }, 'memory cannot be given back');
    }
  };
  const timer = setInterval(look, lookEveryMs).unref();
  return () => clearInterval(timer);
}
