import { status as GrpcStatus } from '@grpc/grpc-js';
import { define, type ErrorDefinition } from './error-definition.js';

const { UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND, ALREADY_EXISTS, UNAVAILABLE } = GrpcStatus;

/** Errors about who is calling and what they may do. */
export const accessErrors = {
  RCS_AUTHENTICATION_REQUIRED: define(
    401,
    UNAUTHENTICATED,
    5,
    'Authentication is required',
    'Send the credentials of a known, enabled user.',
  ),
  RCS_FRESH_LOGIN_REQUIRED: define(
    403,
    PERMISSION_DENIED,
    3,
    'Log in again for this',
    'Keys are administered only by those who have authenticated within the last 15 minutes: log in again, then repeat the request.',
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
  RCS_ORIGIN_REFUSED: define(
    403,
    PERMISSION_DENIED,
    3,
    'Requests from this origin are not allowed',
    'Add the origin to allowedOrigins of crossOriginSettings or of the contact center.',
  ),
  RCS_USER_NOT_FOUND: define(404, NOT_FOUND, 6, 'No such user', 'Check the user name and its contact center.'),
  RCS_USER_EXISTS: define(
    409,
    ALREADY_EXISTS,
    2,
    'The user name is taken',
    'Choose another name: user names are unique over all contact centers.',
  ),
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
} as const satisfies Record<string, ErrorDefinition>;
