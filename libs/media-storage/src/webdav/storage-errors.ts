import { RcsError } from '#platform';

const timeouts = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'];

/** What a failed exchange with a storage means for the caller. */
export function storageError(error: unknown, storage: string, signal: AbortSignal): unknown {
  if (error instanceof RcsError) return error;
  if (signal.aborted) return abortReason(signal, storage);
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && timeouts.includes(code)) {
    return new RcsError('RCS_STORAGE_TIMEOUT', `storage ${storage} did not answer in time (${code})`, { cause: error });
  }
  return new RcsError('RCS_STORAGE_UNREACHABLE', `storage ${storage} cannot be reached`, { cause: error });
}

function abortReason(signal: AbortSignal, storage: string): unknown {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return new RcsError('RCS_STORAGE_TIMEOUT', `reading from storage ${storage} took too long`, { cause: reason });
  }
  return reason;
}

/** The error for a status that is no answer to a read. */
export function statusError(status: number, storage: string, target: string): RcsError {
  const message = `storage ${storage} answered ${status} for ${target}`;
  if (status === 401 || status === 403) return new RcsError('RCS_STORAGE_ACCESS_REFUSED', message);
  if (status === 404 || status === 410) return new RcsError('RCS_STORAGE_FILE_MISSING', message);
  return new RcsError('RCS_STORAGE_FAILED', message);
}
