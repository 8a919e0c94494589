import { status as GrpcStatus } from '@grpc/grpc-js';

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

const define = (
  http: number,
  grpc: GrpcStatus,
  apiStatusCode: ApiStatusCode,
  title: string,
  remedy: string,
  retryable = false,
): ErrorDefinition => ({ http, grpc, apiStatusCode, title, remedy, retryable });

const { INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND, ALREADY_EXISTS, OUT_OF_RANGE } = GrpcStatus;
const { FAILED_PRECONDITION, RESOURCE_EXHAUSTED, UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, ABORTED } = GrpcStatus;

/** Every error this product can answer with. docs/errors.md is generated from this table. */
export const errorRegistry = {
  RCS_MISSING_PARAMETER: define(
    400,
    INVALID_ARGUMENT,
    1,
    'A required parameter is missing',
    'Send the parameter that the detail names.',
  ),
  RCS_INVALID_VALUE: define(
    400,
    INVALID_ARGUMENT,
    2,
    'A value is not valid',
    'Correct the value that the detail names.',
  ),
  RCS_MEDIA_LOCATION_REFUSED: define(
    400,
    INVALID_ARGUMENT,
    2,
    'The media location lies outside the configured storages',
    'Use a path below a storage listed under mediaStorages, or add the storage to the configuration.',
  ),
  RCS_AUTHENTICATION_REQUIRED: define(
    401,
    UNAUTHENTICATED,
    5,
    'Authentication is required',
    'Send the credentials of a known, enabled user.',
  ),
  RCS_INSUFFICIENT_PERMISSION: define(
    403,
    PERMISSION_DENIED,
    3,
    'Insufficient recording permissions',
    'Grant the user the privilege, access group or partition that the log names.',
  ),
  RCS_INSUFFICIENT_ROLE: define(
    403,
    PERMISSION_DENIED,
    5,
    'Insufficient user roles',
    'Use an account with the role that the operation needs.',
  ),
  RCS_CSRF_TOKEN_REQUIRED: define(
    403,
    PERMISSION_DENIED,
    3,
    'Missing or invalid Csrf token',
    'Do a GET first, keep its session cookie, and send the value of X-CSRF-TOKEN in the header that X-CSRF-HEADER names; list clients that cannot under csrfExemptions.',
  ),
  RCS_TICKET_REFUSED: define(
    403,
    PERMISSION_DENIED,
    3,
    'The play ticket is not valid',
    'Ask for a new ticket; the log says whether this one expired, was meant for something else or was revoked with its session.',
  ),
  RCS_ORIGIN_REFUSED: define(
    403,
    PERMISSION_DENIED,
    3,
    'Requests from this origin are not allowed',
    'Add the origin to allowedOrigins of crossOriginSettings or of the contact center.',
  ),
  RCS_CALLER_NOT_ALLOWED: define(
    403,
    PERMISSION_DENIED,
    3,
    'This service may not make this call',
    'Check which role the client certificate carries and the list of callers in the configuration.',
  ),
  RCS_OPERATOR_NOT_ALLOWED: define(
    403,
    PERMISSION_DENIED,
    3,
    'This operator may not open envelopes',
    'List the certificate of the operator under keyVault.allowOperatorUnwrap and start the vault anew.',
  ),
  RCS_GRANT_REFUSED: define(
    403,
    PERMISSION_DENIED,
    3,
    'The playback grant was refused',
    'Compare the clocks of the machines and the internal CA of both services.',
  ),
  RCS_NOT_FOUND: define(404, NOT_FOUND, 6, 'No such resource', 'Check the path.'),
  RCS_RECORDING_NOT_FOUND: define(
    404,
    NOT_FOUND,
    6,
    'No such recording',
    'Check the recording id, its contact center and its region (crRegion).',
  ),
  RCS_USER_NOT_FOUND: define(404, NOT_FOUND, 6, 'No such user', 'Check the user name and its contact center.'),
  RCS_MEDIA_FILE_NOT_FOUND: define(
    404,
    NOT_FOUND,
    6,
    'The recording has no such media file',
    'Use a playPath or mediaUri from the recording resource.',
  ),
  RCS_METHOD_NOT_ALLOWED: define(
    405,
    INVALID_ARGUMENT,
    2,
    'The method is not allowed here',
    'Use one of the methods in the Allow header.',
  ),
  RCS_RECORDING_EXISTS: define(
    409,
    ALREADY_EXISTS,
    2,
    'A different recording with this id exists',
    'Insert under another id; an identical repetition is accepted.',
  ),
  RCS_KEY_EXISTS: define(
    409,
    ALREADY_EXISTS,
    2,
    'The token holds a key of this name already',
    'Choose another alias, or attach the certificate to the key that is there.',
  ),
  RCS_USER_EXISTS: define(
    409,
    ALREADY_EXISTS,
    2,
    'The user name is taken',
    'Choose another name: user names are unique over all contact centers.',
  ),
  RCS_PRECONDITION_FAILED: define(
    412,
    FAILED_PRECONDITION,
    2,
    'A precondition of the request failed',
    'Fetch the resource again and repeat with its ETag.',
  ),
  RCS_PAYLOAD_TOO_LARGE: define(
    413,
    RESOURCE_EXHAUSTED,
    2,
    'The request body is too large',
    'Send less, or raise the limit in the configuration.',
  ),
  RCS_UNSUPPORTED_MEDIA_TYPE: define(
    415,
    INVALID_ARGUMENT,
    2,
    'Only application/json is accepted',
    'Send Content-Type: application/json.',
  ),
  RCS_RANGE_NOT_SATISFIABLE: define(
    416,
    OUT_OF_RANGE,
    2,
    'The range lies beyond the end',
    'Ask for bytes below the length in Content-Range.',
  ),
  RCS_ENVELOPE_UNREADABLE: define(
    422,
    FAILED_PRECONDITION,
    4,
    'The envelope of this recording cannot be read',
    'Inspect it with openssl cms -cmsout -print; the log names the byte offset and what was expected there.',
  ),
  RCS_ENVELOPE_CHANGED: define(
    422,
    FAILED_PRECONDITION,
    4,
    'The envelope of this recording is not the one it was recorded with',
    'Somebody replaced the stored file. Compare it with a backup.',
  ),
  RCS_KEY_NOT_FOUND: define(
    422,
    FAILED_PRECONDITION,
    4,
    'No private key of this server opens this recording',
    'Import the private key of one of the recipients that the log names.',
  ),
  RCS_MEDIA_UNDECRYPTABLE: define(
    422,
    FAILED_PRECONDITION,
    4,
    'The media cannot be decrypted',
    'The media or its envelope was modified, cut or encrypted with another key. Compare it with a backup.',
  ),
  RCS_KEY_REFUSED: define(
    422,
    INVALID_ARGUMENT,
    2,
    'The key or certificate was refused',
    'Use an RSA key of 2048 bits or more and the certificate that belongs to it.',
  ),
  RCS_TOO_MANY_REQUESTS: define(
    429,
    RESOURCE_EXHAUSTED,
    4,
    'Too many requests',
    'Wait for the time in Retry-After.',
    true,
  ),
  RCS_REQUEST_TIMEOUT: define(
    408,
    DEADLINE_EXCEEDED,
    2,
    'The request did not arrive in time',
    'Send header section and body without pauses.',
  ),
  RCS_HEADERS_TOO_LARGE: define(
    431,
    RESOURCE_EXHAUSTED,
    2,
    'The header section is too large',
    'Send fewer or shorter header fields, or raise maxHeaderCount.',
  ),
  RCS_INTERNAL: define(500, INTERNAL, 4, 'Internal server error', 'Search the log for the request id.'),
  RCS_STORAGE_FILE_MISSING: define(
    502,
    UNAVAILABLE,
    4,
    'The media file is missing in the storage',
    'Check on the WebDAV server whether the file was moved or purged.',
  ),
  RCS_STORAGE_ACCESS_REFUSED: define(
    502,
    UNAVAILABLE,
    4,
    'The storage refused our credentials',
    'Check userName and password of the storage in the configuration.',
  ),
  RCS_STORAGE_FAILED: define(502, UNAVAILABLE, 4, 'The storage failed', 'See the log of the WebDAV server.', true),
  RCS_STORAGE_UNREACHABLE: define(
    502,
    UNAVAILABLE,
    4,
    'The storage cannot be reached',
    'Check network, DNS and TLS trust of the storage.',
    true,
  ),
  RCS_STORAGE_CHANGED: define(502, ABORTED, 4, 'The media file changed while it was read', 'Repeat the request.', true),
  RCS_WORKER_FAILED: define(502, UNAVAILABLE, 4, 'The decrypt worker failed', 'See the log of the worker.', true),
  RCS_NO_WORKER: define(
    503,
    UNAVAILABLE,
    4,
    'No decrypt worker is available',
    'Start a worker, or look why none is ready.',
    true,
  ),
  RCS_VAULT_UNAVAILABLE: define(
    503,
    UNAVAILABLE,
    4,
    'The key vault is not available',
    'Check readiness and log of the key vault.',
    true,
  ),
  RCS_TOKEN_UNAVAILABLE: define(
    503,
    UNAVAILABLE,
    4,
    'The hardware security module is not available',
    'Check the token: slot, PIN, network. The vault re-opens it by itself.',
    true,
  ),
  RCS_AUDIT_UNAVAILABLE: define(
    503,
    UNAVAILABLE,
    4,
    'The audit log cannot be written',
    'Check disk space and rights of the store; nothing plays until it can be written.',
    true,
  ),
  RCS_STORE_UNAVAILABLE: define(503, UNAVAILABLE, 4, 'The store is not available', 'Check the database.', true),
  RCS_SESSION_UNAVAILABLE: define(
    503,
    UNAVAILABLE,
    4,
    'Sessions are not available',
    'Check Redis; clients that send Basic credentials are served meanwhile.',
    true,
  ),
  RCS_DIRECTORY_UNAVAILABLE: define(
    503,
    UNAVAILABLE,
    4,
    'The directory of the contact center is not available',
    'Check the directory under configurationServers: address, TLS trust, bindDn; the log has the cause.',
    true,
  ),
  RCS_OVERLOADED: define(
    503,
    RESOURCE_EXHAUSTED,
    4,
    'The server is busy',
    'Repeat after the time in Retry-After; add workers if it lasts.',
    true,
  ),
  RCS_SHUTTING_DOWN: define(
    503,
    UNAVAILABLE,
    4,
    'The server is shutting down',
    'Repeat the request; another instance will answer.',
    true,
  ),
  RCS_TRANSPORT_KEY_UNKNOWN: define(
    503,
    FAILED_PRECONDITION,
    4,
    'The session-key transport must be agreed again',
    'None: the worker agrees a new transport key by itself.',
    true,
  ),
  RCS_STORAGE_TIMEOUT: define(
    504,
    DEADLINE_EXCEEDED,
    4,
    'The storage did not answer in time',
    'Check the load of the WebDAV server.',
    true,
  ),
  RCS_TIMEOUT: define(
    504,
    DEADLINE_EXCEEDED,
    4,
    'The operation took too long',
    'Search the log for the request id to see which step was slow.',
    true,
  ),
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof errorRegistry;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorRegistry, value);
}
