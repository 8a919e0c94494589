import { Metadata, status as GrpcStatus, type ServiceError } from '@grpc/grpc-js';
import { isErrorCode } from './error-registry.js';
import { RcsError } from './rcs-error.js';

const codeKey = 'rcs-error-code';
const detailKey = 'rcs-error-detail-bin';
const retryAfterKey = 'rcs-retry-after-ms';

/** What a gRPC server sends: status, public title, and the stable code as trailing metadata. */
export function toGrpcError(error: RcsError): { code: GrpcStatus; message: string; metadata: Metadata } {
  const metadata = new Metadata();
  metadata.set(codeKey, error.code);
  if (error.publicDetail !== undefined) metadata.set(detailKey, Buffer.from(error.publicDetail, 'utf8'));
  if (error.retryAfterMs !== undefined) metadata.set(retryAfterKey, String(Math.ceil(error.retryAfterMs)));
  return { code: error.definition.grpc, message: error.definition.title, metadata };
}

/** What a gRPC client makes of a failed call. `unavailable` is the code for a server that could not be reached at all. */
export function fromGrpcError(error: ServiceError, unavailable: 'RCS_VAULT_UNAVAILABLE'): RcsError {
  const code = error.metadata.get(codeKey)[0];
  if (isErrorCode(code)) {
    const detail = error.metadata.get(detailKey)[0];
    const retryAfter = Number(error.metadata.get(retryAfterKey)[0]);
    return new RcsError(code, undefined, {
      cause: error,
      ...(detail === undefined ? {} : { publicDetail: detail.toString() }),
      ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter } : {}),
    });
  }
  if (error.code === GrpcStatus.DEADLINE_EXCEEDED) return new RcsError('RCS_TIMEOUT', error.message, { cause: error });
  if (error.code === GrpcStatus.UNAVAILABLE || error.code === GrpcStatus.CANCELLED) {
    return new RcsError(unavailable, error.message, { cause: error });
  }
  return new RcsError('RCS_INTERNAL', error.message, { cause: error });
}
