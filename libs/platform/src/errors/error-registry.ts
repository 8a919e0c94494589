import { status as GrpcStatus } from '@grpc/grpc-js';
import { accessErrors } from './access-errors.js';
import { define, type ErrorDefinition } from './error-definition.js';
import { keyErrors } from './key-errors.js';
import { mediaErrors } from './media-errors.js';

export type { ApiStatusCode, ErrorDefinition } from './error-definition.js';

const { INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND, ALREADY_EXISTS, OUT_OF_RANGE } = GrpcStatus;
const { FAILED_PRECONDITION, RESOURCE_EXHAUSTED, UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNIMPLEMENTED } = GrpcStatus;

/** Every error this product can answer with. docs/errors.md is generated from this table. */
export const errorRegistry = {
  ...accessErrors,
  ...keyErrors,
  ...mediaErrors,
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
  RCS_TICKET_REFUSED: define(
    403,
    PERMISSION_DENIED,
    3,
    'The play ticket is not valid',
    'Ask for a new ticket; the log says whether this one expired, was meant for something else or was revoked with its session.',
  ),
  RCS_CALLER_NOT_ALLOWED: define(
    403,
    PERMISSION_DENIED,
    3,
    'This service may not make this call',
    'Check which role the client certificate carries: each call of the vault has a fixed list of roles.',
  ),
  RCS_OPERATOR_NOT_ALLOWED: define(
    403,
    PERMISSION_DENIED,
    3,
    'This operator may not open envelopes',
    'List the certificate of the operator under keyVault.allowOperatorUnwrap and restart the vault.',
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
  RCS_METHOD_NOT_IMPLEMENTED: define(
    501,
    UNIMPLEMENTED,
    2,
    'The method is not known here',
    'Use a method of HTTP; OPTIONS and the Allow header of an answer 405 name those of a path.',
  ),
  RCS_RECORDING_EXISTS: define(
    409,
    ALREADY_EXISTS,
    2,
    'A different recording with this id exists',
    'Insert under another id; an identical repetition is accepted.',
  ),
  RCS_RECORDING_REMOVED: define(
    409,
    ALREADY_EXISTS,
    2,
    'A recording with this id was removed',
    'What was deleted, expired or erased is not inserted again; a new recording needs a new id.',
  ),
  RCS_RECORDING_PROTECTED: define(
    409,
    FAILED_PRECONDITION,
    2,
    'The recording is protected from deletion',
    'Take the protection off first (operationName unapplyNonDelete), if nobody needs the recording any more.',
  ),
  RCS_RECORDING_HELD: define(
    409,
    FAILED_PRECONDITION,
    2,
    'The recording is on legal hold',
    'GET /rcs/recordings/{id}/holds says who holds it, and why; it goes when the last hold is released.',
  ),
  RCS_LABEL_EXISTS: define(
    409,
    ALREADY_EXISTS,
    2,
    'A label of this name is defined',
    'Change its definition with PUT, or choose another name.',
  ),
  RCS_LABEL_IN_USE: define(
    409,
    FAILED_PRECONDITION,
    2,
    'Recordings bear this label',
    'Take it off the recordings first.',
  ),
  RCS_STORAGE_FILE_EXISTS: define(
    409,
    ALREADY_EXISTS,
    2,
    'The storage has a file of this name already',
    'Store under another name: stored files are never replaced.',
  ),
  RCS_RECORDINGS_UNKNOWN: define(
    409,
    FAILED_PRECONDITION,
    2,
    'Nobody knows yet which recordings need the certificate',
    'Wait until every media file was inspected; rcsctl recordings index-status shows how far it is and what cannot be read.',
  ),
  RCS_CONFIRMATION_REQUIRED: define(
    409,
    FAILED_PRECONDITION,
    2,
    'This must be confirmed in words',
    'Send the confirmation that the detail asks for, letter by letter.',
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
    'A body of this type is not accepted',
    'Send Content-Type: application/json; the upload of certificates takes multipart/form-data, too.',
  ),
  RCS_RANGE_NOT_SATISFIABLE: define(
    416,
    OUT_OF_RANGE,
    2,
    'The range lies beyond the end',
    'Ask for bytes below the length in Content-Range.',
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
