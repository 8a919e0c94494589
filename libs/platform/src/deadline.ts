import { RcsError } from './errors/rcs-error.js';
import type { ErrorCode } from './errors/error-registry.js';

/** A signal that aborts when `parent` does or after `timeoutMs`, with a typed reason. */
export function deadlineSignal(timeoutMs: number, parent?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return parent === undefined ? timeout : AbortSignal.any([parent, timeout]);
}

/** Each hop keeps a little of the caller's time for itself, so that it can still say which call was too slow. */
export function reserveReplyTime(remainingMs: number, reservedMs = 20): number {
  return Math.max(1, remainingMs - reservedMs);
}

/**
 * Waits for `work` at most `timeoutMs`. The work itself is not cancelled: give it a signal where it can take one.
 * @throws RcsError `code` (RCS_TIMEOUT unless told otherwise) when the time is over.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  timeoutMs: number,
  what: string,
  code: ErrorCode = 'RCS_TIMEOUT',
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new RcsError(code, `${what} took longer than ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for `work` until the signal aborts, and leaves nothing behind on it. The work itself is not cancelled.
 * @param reasonOf what to reject with, made when the signal aborts
 */
export async function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal,
  reasonOf: (signal: AbortSignal) => Error = abortError,
): Promise<T> {
  let leave = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(reasonOf(signal));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

const abortError = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error('given up', { cause: reason });

/** Rejects as soon as the signal aborts, with its reason. */
export function throwIfAborted(signal: AbortSignal, what: string): void {
  if (!signal.aborted) return;
  throw new RcsError('RCS_TIMEOUT', `${what} was given up`, { cause: signal.reason });
}
