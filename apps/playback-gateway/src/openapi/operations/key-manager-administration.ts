import { z } from 'zod';
import {
  hawkInvitationSchema,
  hawkRegistrationSchema,
  hawkRotationSchema,
} from '../../local-key-manager/hawk-credential.controller.js';
import { keyManagerAssignmentSchema } from '../../local-key-manager/key-manager-assignment.controller.js';
import { scopeQuerySchema } from '../../local-key-manager/key-manager-requests.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { problemsOfVaults } from '../problems-of-vaults.js';
import { time } from '../values.js';
import { issuedCredential } from './hawk-credential-answers.js';

const caller = 'user';
const owner = z.string().optional().describe('contact center; absent for what belongs to none');

const credential = named(
  'HawkCredential',
  z.strictObject({
    id: z.string(),
    contactCenter: owner,
    state: z.enum(['in force', 'revoked']),
    createdAt: time,
    createdBy: z.string(),
    rotatedAt: time.optional(),
    formerKeyUntil: time.optional(),
    revokedAt: time.optional(),
    revokedBy: z.string().optional(),
  }),
);
const credentials = named('HawkCredentials', z.strictObject({ credentials: z.array(credential) }));
const invitation = named(
  'HawkInvitation',
  z.strictObject({ token: z.string(), expiresAt: time, contactCenter: z.string() }),
);
const keyPairs = named(
  'AssignedKeyPairs',
  z.strictObject({
    keyPairs: z.array(z.strictObject({ id: z.string(), contactCenter: owner, dateCreated: z.int() })),
  }),
);
const things = { credentials: z.array(z.string()), keyPairs: z.array(z.string()) };
const outcome = named('KeyManagerAssignment', z.strictObject({ ...things, refused: z.strictObject(things) }));

/** Administration of the local key manager; there where it is turned on. */
export const keyManagerAdministration: FeatureOperations = {
  feature: 'Administration of the local key manager',
  operations: {
    'GET /rcs/local-key-manager/credentials': {
      summary: 'Hawk credentials',
      caller,
      query: scopeQuerySchema,
      answers: { 200: json(credentials) },
    },
    'POST /rcs/local-key-manager/credentials': {
      summary: 'Register a Hawk credential',
      caller,
      body: hawkRegistrationSchema.extend({ id: z.string() }),
      answers: { 201: json(issuedCredential) },
    },
    'POST /rcs/local-key-manager/credentials/:id/rotation': {
      summary: 'A new key for a credential',
      caller,
      body: hawkRotationSchema.prefault({}),
      answers: { 201: json(issuedCredential) },
    },
    'DELETE /rcs/local-key-manager/credentials/:id': {
      summary: 'Revoke a credential',
      caller,
      query: scopeQuerySchema,
      answers: { 200: json(credential) },
    },
    'POST /rcs/local-key-manager/invitations': {
      summary: 'Invite somebody to register one credential',
      caller,
      body: hawkInvitationSchema.prefault({}),
      answers: { 201: json(invitation) },
    },
    'GET /rcs/local-key-manager/key-pairs': {
      summary: 'Whose the key pairs are',
      caller,
      query: scopeQuerySchema,
      answers: { 200: json(keyPairs) },
      problems: problemsOfVaults,
    },
    'POST /rcs/local-key-manager/assignments': {
      summary: 'Give a contact center what belongs to none',
      caller,
      body: keyManagerAssignmentSchema,
      answers: { 200: json(outcome) },
    },
  },
};
