import { RcsError } from '#platform';

const timeouts = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'];
/** Something answered, but not as HTTP/1.1 wants it. */
const protocolErrors = /^(?:HPE_|UND_ERR_(?:HEADERS_OVERFLOW|RESPONSE|RES_|INVALID|NOT_SUPPORTED))/;

/** What OpenSSL says of a certificate that nobody vouches for who is trusted. */
const untrustedCodes =
  /^(?:UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(?:_LOCALLY)?)|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT(?:_IN_CHAIN)?|CERT_\w+|INVALID_CA)$/;

/** What a failure before an answer means for the caller. */
export function exchangeError(error: unknown, storage: string): RcsError {
  if (error instanceof RcsError) return error;
  const code = codeOf(error);
  if (timeouts.includes(code)) return timeoutError(error, storage, code);
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') {
    return new RcsError('RCS_SHUTTING_DOWN', `the connections to storage ${storage} are closed`, { cause: error });
  }
  if (protocolErrors.test(code) || isParserError(error) || isBadAnswer(error)) {
    return new RcsError('RCS_STORAGE_FAILED', `storage ${storage} answered no proper HTTP (${code})`, { cause: error });
  }
  const untrusted = certificateProblem(code);
  if (untrusted !== undefined) {
    const message = `the certificate of storage ${storage} ${untrusted} (${code})`;
    return new RcsError('RCS_STORAGE_UNREACHABLE', message, { cause: error });
  }
  return new RcsError('RCS_STORAGE_UNREACHABLE', `storage ${storage} cannot be reached`, { cause: error });
}

/** What is wrong with a certificate, and which option says otherwise; undefined for every other failure. */
function certificateProblem(code: string): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'is for another host: write the host in mediaStorages[].url, or recordingSources[].url, as it does';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'is not valid now';
  return untrustedCodes.test(code)
    ? 'is of no authority that is trusted: name its file in mediaStorages[].webDAVTrustedCA, serverSettings.webDAVTrustedCA, ' +
        'or recordingSources[].rwsTrustedCA'
    : undefined;
}

/** Whether a storage was there, and nobody is trusted who vouches for it. */
export const isUntrusted = ({ code, cause }: RcsError): boolean =>
  code === 'RCS_STORAGE_UNREACHABLE' && certificateProblem(codeOf(cause)) !== undefined;

/** What a failure in the middle of an answer means: the storage was there, and broke off. */
export function bodyError(error: unknown, storage: string): RcsError {
  if (error instanceof RcsError) return error;
  const code = codeOf(error);
  if (timeouts.includes(code)) return timeoutError(error, storage, code);
  return new RcsError('RCS_STORAGE_FAILED', `storage ${storage} broke off in the middle of an answer`, {
    cause: error,
  });
}

/** The reason of a caller to give up; a deadline is told apart from a caller who left. */
export function abortReason(signal: AbortSignal, storage: string): unknown {
  const reason: unknown = signal.reason;
  if ((reason as { name?: unknown } | null)?.name !== 'TimeoutError') return reason;
  return new RcsError('RCS_STORAGE_TIMEOUT', `reading from storage ${storage} took too long`, { cause: reason });
}

/** The error for a status that is not the hoped-for one. */
export function statusError(status: number, storage: string, target: string): RcsError {
  const message = `storage ${storage} answered ${status} for ${target}`;
  if (status === 401 || status === 403) return new RcsError('RCS_STORAGE_ACCESS_REFUSED', message);
  if (status === 404 || status === 410) return new RcsError('RCS_STORAGE_FILE_MISSING', message);
  const detail = writingProblems[status];
  return new RcsError('RCS_STORAGE_FAILED', message, detail === undefined ? {} : { publicDetail: detail });
}

/** What whoever waits for a file to be written has to hear: RFC 4918, 11.3 and 11.5. */
const writingProblems: Readonly<Record<number, string>> = {
  413: 'the storage takes no file of this size (413)',
  423: 'the place in the storage is locked (423)',
  507: 'the storage has no room left (507)',
};

/** Stored files are recordings: none is ever replaced. */
export function fileExistsError(storage: string, target: string): RcsError {
  const message = `storage ${storage} has a file ${target} already, which stays as it is: store under another name`;
  return new RcsError('RCS_STORAGE_FILE_EXISTS', message);
}

/** The storage compresses what it was asked for as it is: those bytes are not the stored ones. */
export function codedError(storage: string, target: string): RcsError {
  const message = `storage ${storage} answered with a Content-Encoding for ${target}: switch it off for media`;
  return new RcsError('RCS_STORAGE_FAILED', message);
}

/** The status says all of the file, another field says a part of it. */
export function partAsWholeError(storage: string, target: string): RcsError {
  return new RcsError('RCS_STORAGE_FAILED', `storage ${storage} answered 200 with a Content-Range for ${target}`);
}

/** Whether the connection ended before an answer began: what happens to one that the storage had closed meanwhile. */
export function isConnectionLoss(error: unknown): boolean {
  return !isBadAnswer(error) && ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

function timeoutError(error: unknown, storage: string, code: string): RcsError {
  return new RcsError('RCS_STORAGE_TIMEOUT', `storage ${storage} did not answer in time (${code})`, { cause: error });
}

const isParserError = (error: unknown): boolean => (error as { name?: unknown } | null)?.name === 'HTTPParserError';

/** undici has the same code for a connection that it ended itself, because what came was no answer to its question. */
const isBadAnswer = (error: unknown): boolean =>
  codeOf(error) === 'UND_ERR_SOCKET' && /^bad (?:response|upgrade)$/.test((error as Error).message);

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
