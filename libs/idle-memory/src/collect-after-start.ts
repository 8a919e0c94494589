import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lookEveryMs, quietShare, shareOfEventLoop } from './quiet-thread.js';

interface CollectionParts {
  readonly collect: () => void;
  readonly busyShare: () => number;
}

type Collect = (options: { readonly type: 'major' }) => void;

/**
 * Collects all garbage once, in the first quiet moment after the start: what a start alone needed (code that ran once, the
 * text of certificates and configuration) would stay in memory for as long as nothing is asked for, because V8 collects
 * only while a heap grows. For a thread that calls it; it keeps no process running.
 * @param parts what frees, and how busy the thread was since this was asked last; by default those of this thread
 * @returns ends it, if it has not happened yet
 */
export function collectAfterStart(
  parts: CollectionParts = { collect: collectEverything, busyShare: shareOfEventLoop() },
): () => void {
  const timer = setInterval(() => {
    if (parts.busyShare() > quietShare) return;
    clearInterval(timer);
    parts.collect();
  }, lookEveryMs).unref();
  return () => clearInterval(timer);
}

/** Frees what nobody holds, in one go: several, as V8 has them for a last resort, take twice as long and free as much. */
export function collectEverything(): void {
  // It is there in contexts made from now on, and only the one that is made here and left again has a use for it.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  collect({ type: 'major' });
}
