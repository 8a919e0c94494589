import type { ServerUnaryCall } from '@grpc/grpc-js';
import { keyVaultCallers, type KeyVaultCall } from '#contracts';
import { RcsError, roleOfSubjectAltName, type ServiceRole } from '#platform';

type AnyCall = ServerUnaryCall<unknown, unknown>;

/** The role in the client certificate of a call; TLS has verified the certificate itself. */
export function callerRole(call: AnyCall): ServiceRole | undefined {
  return roleOfSubjectAltName(call.getAuthContext().sslPeerCertificate?.subjectaltname);
}

/** What identifies the caller's certificate, so that a transport key serves nobody else. */
export function callerCertificate(call: AnyCall): string {
  return call.getAuthContext().sslPeerCertificate?.fingerprint256 ?? '';
}

/** The role of the caller. @throws RcsError RCS_CALLER_NOT_ALLOWED unless the list of callers names it for this call. */
export function checkCaller(name: KeyVaultCall, call: AnyCall): ServiceRole {
  const role = callerRole(call);
  if (role !== undefined && keyVaultCallers[name].includes(role)) return role;
  throw new RcsError('RCS_CALLER_NOT_ALLOWED', `a peer with the role ${role ?? 'none'} called ${name}`);
}

/** Milliseconds until the caller gives up, capped by what we allow ourselves. */
export function remainingMs(call: AnyCall, limitMs: number): number {
  const deadline = call.getDeadline();
  const end = deadline instanceof Date ? deadline.getTime() : deadline;
  return Math.min(limitMs, Number.isFinite(end) ? end - Date.now() : limitMs);
}
