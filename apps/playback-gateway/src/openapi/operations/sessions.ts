import { z } from 'zod';
import { loginSchema } from '../../access/login-request.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { count, succeeded } from '../values.js';
import { privileges, roles } from './user-answers.js';

const session = z.strictObject({
  id: z.string(),
  userName: z.string(),
  created: z.string(),
  expires: z.string(),
  address: z.string(),
  userAgent: z.string().optional(),
  current: z.boolean(),
});

const opened = named('OpenedSession', z.strictObject({ statusCode: succeeded, session }));
const sessions = named('Sessions', z.strictObject({ statusCode: succeeded, sessions: z.array(session) }));
const success = named('Success', z.strictObject({ statusCode: succeeded }));
const loggedOut = named(
  'LoggedOut',
  z.strictObject({
    statusCode: succeeded,
    providerLogOut: z
      .string()
      .optional()
      .describe('Where whoever logged in at the OpenID provider ends their session there, too.'),
  }),
);
const ended = named('EndedSessions', z.strictObject({ statusCode: succeeded, ended: count }));
const me = named(
  'Me',
  z.strictObject({
    statusCode: succeeded,
    user: z.strictObject({ userName: z.string(), roles, privileges, contactCenter: z.string().optional() }),
  }),
);
const caller = 'user';

/** Logins, and who is logged in. */
export const sessionOperations: FeatureOperations = {
  feature: 'Sessions',
  operations: {
    'GET /api/v2/me': { summary: 'Who am I', caller, answers: { 200: json(me) } },
    'POST /api/v2/sessions': {
      summary: 'Log in',
      description: 'With the credentials of the Authorization header field, or with those in the body.',
      caller: 'login',
      body: loginSchema.optional(),
      answers: { 201: json(opened, 'The session is open.', { 'Set-Cookie': 'The session.' }) },
    },
    'GET /api/v2/sessions': { summary: 'Own sessions', caller, answers: { 200: json(sessions) } },
    'DELETE /api/v2/sessions/current': { summary: 'Log out', caller, answers: { 200: json(loggedOut) } },
    'DELETE /api/v2/sessions/:id': { summary: 'End one of your own sessions', caller, answers: { 200: json(success) } },
    'DELETE /api/v2/sessions': { summary: 'End all own sessions but this', caller, answers: { 200: json(ended) } },
    'GET /api/v2/users/:userName/sessions': {
      summary: 'For administrators: sessions of a user',
      caller,
      answers: { 200: json(sessions) },
    },
    'DELETE /api/v2/users/:userName/sessions': {
      summary: 'For administrators: end all sessions of a user',
      caller,
      answers: { 200: json(ended) },
    },
    'DELETE /api/v2/users/:userName/sessions/:id': {
      summary: 'For administrators: end a session of a user',
      caller,
      answers: { 200: json(success) },
    },
  },
};
