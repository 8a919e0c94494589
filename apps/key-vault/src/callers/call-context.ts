import type { ServiceRole } from '#platform';

/** Who calls, and how long it waits. */
export interface CallContext {
  readonly requestId: string;
  readonly role: ServiceRole;
  /** Fingerprint of the caller's certificate. */
  readonly caller: string;
  /** Aborts when the caller gives up or its deadline is near. */
  readonly signal: AbortSignal;
}
