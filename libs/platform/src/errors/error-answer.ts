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

/** The error body of the `/api/v2` resources, as Genesys clients expect it. */
export interface ApiStatus {
  readonly statusCode: number;
  readonly statusMessage: string;
}

export function toApiStatus(error: RcsError): ApiStatus {
  const { definition, publicDetail } = error;
  return {
    statusCode: definition.apiStatusCode,
    statusMessage: publicDetail === undefined ? definition.title : `${definition.title}: ${publicDetail}`,
  };
}

const longestSeconds = 3600;

/**
 * Retry-After in whole seconds (RFC 9110, 10.2.3), 1 to 3600, for an error that may pass; undefined where repeating is
 * useless.
 */
export function retryAfterSeconds(error: RcsError): number | undefined {
  if (!error.definition.retryable) return undefined;
  const seconds = Math.ceil((error.retryAfterMs ?? 1000) / 1000);
  return Number.isNaN(seconds) ? 1 : Math.min(Math.max(1, seconds), longestSeconds);
}
