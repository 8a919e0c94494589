import { z } from 'zod';
import { keyManagerRegistrationSchema } from '../../local-key-manager/local-key-manager.controller.js';
import { named } from '../named-schema.js';
import { json, nothing, text, type FeatureOperations } from '../operation.js';
import { problemsOfVaults } from '../problems-of-vaults.js';
import { issuedCredential } from './hawk-credential-answers.js';

const caller = 'hawk-signed';

const keyPairFields = z.strictObject({
  id: z.string(),
  publicKey: z.string().describe('PKCS#1, base64'),
  dateCreated: z.int().describe('milliseconds since 1970'),
});
const keyPair = named('LocalKeyPair', keyPairFields);
const keyPairs = named('LocalKeyPairs', z.array(keyPair));
const decrypted = named('DecryptedBlock', z.strictObject({ body: z.string().describe('base64') }));
const endpoint = named(
  'DecryptEndpoint',
  z.strictObject({
    encryptBody: z.strictObject({ keypairId: z.null(), body: z.null(), decryptType: z.null() }),
    decryptResponse: z.strictObject({ body: z.string() }),
  }),
);
const requestLog = named(
  'RequestLog',
  z.array(
    z.strictObject({
      id: z.string(),
      userId: z.string(),
      requestUri: z.string(),
      requestMethod: z.string(),
      timestamp: z.array(z.int()).describe('year, month, day, hour, minute, second, nanosecond'),
      timestampString: z.string(),
    }),
  ),
);

const decryptBody = z.looseObject({ keypairId: z.string().min(1), body: z.string().min(1).describe('base64') });
const decryptQuery = z.object({ decryptType: z.literal('pkcs1').optional() });
const requestLogQuery = z.object({
  maxEntries: z.coerce.number().int().min(1).default(100).describe('at most 10,000 are given'),
  earliestTime: z.string().optional(),
  latestTime: z.string().optional(),
});

/** The key-management API that Genesys Cloud calls, as its example service has it; there where it is turned on. */
export const localKeyManager: FeatureOperations = {
  feature: 'Local key manager',
  operations: {
    'GET /key-management/v1/health': {
      summary: 'Whether it is there',
      caller: 'anyone',
      answers: { 200: text('text/plain', 'OK') },
    },
    'POST /key-management/v1/auth': {
      summary: 'Register a Hawk credential',
      description: 'For administrators, and for the holder of an invitation.',
      caller: 'hawk-registration',
      body: keyManagerRegistrationSchema.extend({ id: z.string() }),
      answers: { 200: json(issuedCredential) },
    },
    'POST /key-management/v1/keypair': {
      summary: 'Make a key pair in the token',
      caller,
      answers: { 200: json(keyPair) },
      problems: [...problemsOfVaults, 'RCS_KEY_EXISTS'],
    },
    'GET /key-management/v1/keypair': {
      summary: 'All key pairs of the contact center',
      caller,
      answers: { 200: json(keyPairs) },
      problems: problemsOfVaults,
    },
    'GET /key-management/v1/keypair/:id': {
      summary: 'One key pair',
      caller,
      answers: {
        200: {
          description: 'The key pair; nothing for an id that is unknown.',
          content: { 'application/json': keyPair, 'text/plain': 'text' },
        },
      },
      problems: problemsOfVaults,
    },
    'POST /key-management/v1/decrypt': {
      summary: 'Open a block that was encrypted to a key pair',
      caller,
      query: decryptQuery,
      body: decryptBody,
      answers: { 200: json(decrypted) },
      problems: [...problemsOfVaults, 'RCS_TOO_MANY_REQUESTS', 'RCS_KEY_DISABLED'],
    },
    'OPTIONS /key-management/v1/decrypt': {
      summary: 'What the decrypt endpoint takes',
      caller,
      answers: { 200: json(endpoint), 204: nothing('To the preflight of a browser.') },
    },
    'GET /key-management/v1/request-log': {
      summary: 'Who called what and when',
      caller,
      query: requestLogQuery,
      answers: { 200: json(requestLog) },
    },
    'DELETE /key-management/v1/request-log': {
      summary: 'Clear the request log; the audit stays',
      caller,
      answers: { 200: nothing() },
    },
  },
};
