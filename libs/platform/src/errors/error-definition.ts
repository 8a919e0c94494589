import type { status as GrpcStatus } from '@grpc/grpc-js';

/** How one error code looks on every wire. */
export interface ErrorDefinition {
  /** HTTP status, RFC 9110. */
  readonly http: number;
  readonly grpc: GrpcStatus;
  /** `statusCode` of the `/api/v2` answers, as the Genesys web services number them. */
  readonly apiStatusCode: ApiStatusCode;
  /** Public text, safe for any caller. */
  readonly title: string;
  /** True where the same request may succeed later; such answers carry Retry-After when the delay is known. */
  readonly retryable: boolean;
  /** Advice for the operator; part of docs/errors.md. */
  readonly remedy: string;
}

/** 0 ok, 1 missing parameter, 2 bad value, 3 no permission, 4 internal, 5 no role, 6 not found. */
export type ApiStatusCode = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** One row of the registry. */
export const define = (
  http: number,
  grpc: GrpcStatus,
  apiStatusCode: ApiStatusCode,
  title: string,
  remedy: string,
  retryable = false,
): ErrorDefinition => ({ http, grpc, apiStatusCode, title, remedy, retryable });
