import { CmsError } from '#cms';
import type { CallFailure } from '#contracts';
import { RcsError, toRcsError, type ErrorCode } from '#platform';

/** @throws RcsError RCS_INVALID_VALUE */
export function checkBatchSize(items: readonly unknown[], most: number): void {
  if (items.length <= most) return;
  throw new RcsError('RCS_INVALID_VALUE', 'batch too large', { publicDetail: `a batch has at most ${most} items` });
}

/** What one item of a batch says of its error; the others go on. */
export function failureOf(error: unknown): CallFailure & { readonly code: ErrorCode } {
  const { code, publicDetail, retryAfterMs } = toRcsError(error);
  return { code, detail: publicDetail ?? '', retryAfterMs: Math.ceil(retryAfterMs ?? 0) };
}

/** An envelope as `read` gives it. @throws RcsError RCS_ENVELOPE_UNREADABLE */
export function readableEnvelope<Envelope>(read: () => Envelope): Envelope {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    throw new RcsError('RCS_ENVELOPE_UNREADABLE', error.message, { cause: error });
  }
}
