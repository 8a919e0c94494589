import type { ServerUnaryCall } from '@grpc/grpc-js';
import { keyVaultCallers } from '#contracts';
import { millisecondsUntil, RcsError, roleOfSubjectAltName, type ServiceRole } from '#platform';

type AnyCall = ServerUnaryCall<unknown, unknown>;

/** What the client certificate of a call says; TLS has verified the certificate itself. */
export interface Caller {
  readonly role: ServiceRole | undefined;
  /** Identifies the certificate, so that a transport key serves nobody else. */
  readonly fingerprint: string;
}

export function callerOf(call: AnyCall): Caller {
  const { sslPeerCertificate } = call.getAuthContext();
  return {
    role: roleOfSubjectAltName(sslPeerCertificate?.subjectaltname),
    fingerprint: sslPeerCertificate?.fingerprint256 ?? '',
  };
}

const rules: ReadonlyMap<string, readonly ServiceRole[]> = new Map(Object.entries(keyVaultCallers));

/**
 * The role of the caller.
 * @throws RcsError RCS_CALLER_NOT_ALLOWED unless the list of callers names it for this call; a call that is not on the
 * list is for nobody.
 */
export function checkCaller(name: string, { role }: Caller): ServiceRole {
  if (role !== undefined && rules.get(name)?.includes(role) === true) return role;
  throw new RcsError('RCS_CALLER_NOT_ALLOWED', `a peer with the role ${role ?? 'none'} called ${name}`);
}

/** Milliseconds until the caller gives up, capped by what we allow ourselves. */
export function remainingMs(call: AnyCall, limitMs: number): number {
  const deadline = call.getDeadline();
  const end = deadline instanceof Date ? deadline.getTime() : deadline;
  return Math.min(limitMs, Number.isFinite(end) ? millisecondsUntil(end) : limitMs);
}
