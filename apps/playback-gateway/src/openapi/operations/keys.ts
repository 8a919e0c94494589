import { z } from 'zod';
import { attachmentSchema, keyGenerationSchema, signingRequestSchema } from '../../keys/key.controller.js';
import { named } from '../named-schema.js';
import { json, text, type FeatureOperations } from '../operation.js';
import { problemsOfVaults } from '../problems-of-vaults.js';
import { count } from '../values.js';
import { certificate } from './certificate-answers.js';

const caller = 'certificate-administrator';

const key = named(
  'Key',
  z.strictObject({ alias: z.string(), keyIdentifier: z.string(), size: count.describe('bits') }),
);
const keys = named('Keys', z.strictObject({ keys: z.array(key) }));
const importKeys = named(
  'ImportKeys',
  z.strictObject({
    importKeys: z.array(
      z.strictObject({ vault: z.string(), publicKey: z.looseObject({ kty: z.string() }).describe('JWK, RFC 7517') }),
    ),
  }),
);

/** Keys that are made in the token, and the public keys to which uploaded ones are encrypted. */
export const keyOperations: FeatureOperations = {
  feature: 'Keys',
  operations: {
    'GET /rcs/keys': {
      summary: 'Keys that wait for their certificate',
      caller,
      answers: { 200: json(keys) },
      problems: problemsOfVaults,
    },
    'GET /rcs/keys/import-keys': {
      summary: 'Public keys of the vaults, to encrypt private keys to',
      caller,
      answers: { 200: json(importKeys) },
      problems: problemsOfVaults,
    },
    'POST /rcs/keys': {
      summary: 'Make a key in the token',
      caller,
      body: keyGenerationSchema,
      answers: { 201: json(key, 'The key waits for its certificate.') },
      problems: [...problemsOfVaults, 'RCS_CERTIFICATE_EXISTS', 'RCS_KEY_EXISTS', 'RCS_FRESH_LOGIN_REQUIRED'],
    },
    'POST /rcs/keys/:alias/certificate-signing-request': {
      summary: 'Certificate request (PKCS#10) of such a key',
      caller,
      body: signingRequestSchema,
      answers: { 200: text('application/pkcs10', 'PEM.') },
      problems: [...problemsOfVaults, 'RCS_CERTIFICATE_NOT_FOUND'],
    },
    'POST /rcs/keys/:alias/certificate': {
      summary: 'Attach the certificate that was issued for such a key',
      caller,
      body: attachmentSchema,
      answers: { 201: json(certificate) },
      problems: [
        ...problemsOfVaults,
        'RCS_CERTIFICATE_NOT_FOUND',
        'RCS_CERTIFICATE_NOT_VALID',
        'RCS_CERTIFICATE_SAME_NAME',
        'RCS_KEY_REFUSED',
        'RCS_FRESH_LOGIN_REQUIRED',
      ],
    },
  },
};
