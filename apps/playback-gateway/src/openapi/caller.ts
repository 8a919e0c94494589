import type { ErrorCode } from '#platform';
import type { AccessRule } from '../access/access-rule.js';
import { ticketParameter } from '../tickets/play-ticket.js';

/** Who may call an operation: the access rule of its route. */
export type Caller = AccessRule;

type Security = readonly Readonly<Record<string, readonly string[]>>[];

interface CallerRule {
  readonly security: Security;
  readonly problems: readonly ErrorCode[];
}

const users: Security = [{ basic: [] }, { session: [] }, { bearer: [] }];
const userProblems: readonly ErrorCode[] = [
  'RCS_AUTHENTICATION_REQUIRED',
  'RCS_CSRF_TOKEN_REQUIRED',
  'RCS_INSUFFICIENT_ROLE',
  'RCS_INSUFFICIENT_PERMISSION',
  'RCS_TOO_MANY_REQUESTS',
  'RCS_SESSION_UNAVAILABLE',
  'RCS_DIRECTORY_UNAVAILABLE',
];

/** How each kind of caller shows who they are, and what they may be refused with. */
export const callers: Readonly<Record<Caller, CallerRule>> = {
  anyone: { security: [], problems: [] },
  login: { security: [...users, {}], problems: userProblems },
  user: { security: users, problems: userProblems },
  'certificate-administrator': { security: users, problems: userProblems },
  'certificate-viewer': { security: users, problems: userProblems },
  'play-ticket': { security: [...users, { playTicket: [] }], problems: [...userProblems, 'RCS_TICKET_REFUSED'] },
  'hawk-signed': {
    security: [{ hawk: [] }],
    // The signature covers a body, whatever the method: it is read, and may be too large.
    problems: ['RCS_AUTHENTICATION_REQUIRED', 'RCS_SESSION_UNAVAILABLE', 'RCS_PAYLOAD_TOO_LARGE'],
  },
  'hawk-registration': { security: [...users, { invitation: [] }], problems: userProblems },
};

/** What may go wrong with every request, before anybody knows what it asks for. */
export const problemsOfEveryRequest: readonly ErrorCode[] = [
  'RCS_INVALID_VALUE',
  'RCS_MISSING_PARAMETER',
  'RCS_ORIGIN_REFUSED',
  'RCS_NOT_FOUND',
  'RCS_REQUEST_TIMEOUT',
  'RCS_HEADERS_TOO_LARGE',
  'RCS_INTERNAL',
  'RCS_STORE_UNAVAILABLE',
  'RCS_AUDIT_UNAVAILABLE',
  'RCS_OVERLOADED',
  'RCS_TIMEOUT',
];

/** What may go wrong with a request that may have a body. */
export const problemsOfBodies: readonly ErrorCode[] = ['RCS_PAYLOAD_TOO_LARGE', 'RCS_UNSUPPORTED_MEDIA_TYPE'];

export const securitySchemes = {
  basic: { type: 'http', scheme: 'basic', description: 'RFC 7617; the user name may name the contact center.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'JSESSIONID',
    description:
      'Of a login. POST, PUT, PATCH and DELETE also need the token of the session: every GET hands it out in the ' +
      'header field X-CSRF-TOKEN, and X-CSRF-HEADER says where to send it.',
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'A token of the OpenID provider (RFC 6750).' },
  playTicket: { type: 'apiKey', in: 'query', name: ticketParameter, description: 'A play ticket.' },
  hawk: { type: 'http', scheme: 'hawk', description: 'Signed with a Hawk credential of the local key manager.' },
  invitation: { type: 'http', scheme: 'bearer', description: 'The token of an invitation; it works once.' },
} as const;
