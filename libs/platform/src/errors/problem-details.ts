import { isErrorCode } from './error-registry.js';
import { RcsError } from './rcs-error.js';

/** RFC 9457 problem document with our extension members `code`, `reason`, `requestId` and `retryable`. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly reason?: string;
  readonly requestId?: string;
  readonly retryable: boolean;
}

export const problemContentType = 'application/problem+json; charset=utf-8';

export function toProblemDetails(error: RcsError, requestId?: string): ProblemDetails {
  const { definition, code, publicDetail, reason } = error;
  return {
    type: `urn:recording-crypto-server:error:${code}`,
    title: definition.title,
    status: definition.http,
    ...(publicDetail === undefined ? {} : { detail: publicDetail }),
    code,
    ...(reason === undefined ? {} : { reason }),
    ...(requestId === undefined ? {} : { requestId }),
    retryable: definition.retryable,
  };
}

/** Reads a problem document of one of our own services; anything else becomes `fallback`. */
export function fromProblemDetails(body: unknown, fallback: RcsError, retryAfterMs?: number): RcsError {
  if (typeof body !== 'object' || body === null) return fallback;
  const { code, detail } = body as { code?: unknown; detail?: unknown };
  if (!isErrorCode(code)) return fallback;
  return new RcsError(code, undefined, {
    ...(typeof detail === 'string' ? { publicDetail: detail } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
