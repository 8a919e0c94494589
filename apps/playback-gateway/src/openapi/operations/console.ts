import { z } from 'zod';
import { named } from '../named-schema.js';
import { json, text, type FeatureOperations } from '../operation.js';

const loginMethods = named(
  'LoginMethods',
  z.strictObject({
    openId: z
      .strictObject({ name: z.string().optional().describe('Of the provider.') })
      .optional()
      .describe('Absent where there is no log-in at an OpenID provider.'),
  }),
);

/** The pages for people; what they call is the rest of this document. */
export const consoleOperations: FeatureOperations = {
  feature: 'Console',
  operations: {
    'GET /': {
      summary: 'Leads browsers to the console',
      caller: 'anyone',
      headers: { Accept: 'Without text/html there is nothing here.' },
      answers: { 302: { description: 'The console.', headers: { Location: 'Of the console, relative to this.' } } },
    },
    'GET /console': {
      summary: 'The console, for people with a browser',
      caller: 'anyone',
      answers: { 200: text('text/html', 'The page.') },
    },
    'GET /console/:file': {
      summary: 'What the console is made of',
      caller: 'anyone',
      answers: {
        200: {
          description: 'A script, a style sheet or a picture.',
          content: { 'text/javascript': 'text', 'text/css': 'text', 'image/svg+xml': 'text' },
        },
      },
    },
    'GET /console/login': {
      summary: 'What there is to log in with, beside a password',
      caller: 'anyone',
      answers: { 200: json(loginMethods) },
    },
    'GET /console/login/openid': {
      summary: 'Leads browsers to the OpenID provider, to log in there',
      description: 'Is not there without a section `openId.login`.',
      caller: 'anyone',
      query: z.object({
        returnTo: z.string().max(1024).optional().describe('The place within the console that it leads to.'),
        in: z.literal('window').optional().describe('It happens in a window beside the page.'),
        fresh: z.literal('true').optional().describe('The provider is to ask who is there.'),
      }),
      answers: {
        302: {
          description: 'The provider; or the console, which says why not.',
          headers: { Location: 'Where to go.', 'Set-Cookie': 'The log-in, sealed.' },
        },
      },
    },
    'GET /console/login/openid/callback': {
      summary: 'Where the OpenID provider sends browsers back to',
      description: 'Opens a session where the code, the browser and the identity are good.',
      caller: 'anyone',
      query: z.object({
        code: z.string().optional(),
        state: z.string().optional(),
        iss: z.string().optional(),
        error: z.string().optional(),
        error_description: z.string().optional(),
      }),
      answers: {
        302: {
          description: 'The console, which says what went wrong, if anything did.',
          headers: { Location: 'Of the console, relative to this.', 'Set-Cookie': 'The session.' },
        },
      },
    },
  },
};
