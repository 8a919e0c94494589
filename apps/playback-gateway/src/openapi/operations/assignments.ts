import { z } from 'zod';
import { annexSchema, assignmentSchema, confirmationSchema } from '../../assignments/assignment.controller.js';
import { recipientQuerySchema } from '../../recipients/recipient-query.js';
import { named } from '../named-schema.js';
import { events, json, nothing, type FeatureOperations } from '../operation.js';
import { aliases, time } from '../values.js';
import { certificate } from './certificate-answers.js';

const caller = 'certificate-administrator';
const refusals = [
  'RCS_CERTIFICATE_NOT_FOUND',
  'RCS_CERTIFICATE_NOT_VALID',
  'RCS_CONFIRMATION_REQUIRED',
  'RCS_KEY_DISABLED',
] as const;

const ivrProfiles = named(
  'IvrProfiles',
  z.strictObject({ ivrProfiles: z.array(z.strictObject({ name: z.string(), aliases, changedAt: time })) }),
);
const assignment = named(
  'Assignment',
  z.strictObject({
    aliases,
    encrypted: z.boolean().describe('false: nothing is assigned, recordings are made unencrypted'),
    certificates: z.array(certificate),
    changedAt: time.optional(),
    changedBy: z.string().optional(),
  }),
);
const annex = named('Annex', z.strictObject({ annex: z.string() }));
const recipients = named(
  'Recipients',
  z.strictObject({
    encrypted: z.boolean(),
    certificates: z.array(z.strictObject({ alias: z.string(), certificate: z.string().describe('PEM') })),
  }),
);

const recipientsTag = { ETag: 'Of the list.' };
const recipientProblems = ['RCS_CERTIFICATE_NOT_FOUND', 'RCS_CERTIFICATE_NOT_VALID', 'RCS_KEY_DISABLED'] as const;

/** Which certificates recordings are encrypted for. */
export const assignmentOperations: FeatureOperations = {
  feature: 'Assignments',
  operations: {
    'GET /rcs/ivr-profiles': {
      summary: 'IVR profiles that something is assigned to',
      caller,
      answers: { 200: json(ivrProfiles) },
    },
    'GET /rcs/ivr-profiles/:name/certificates': {
      summary: 'Certificates of an IVR profile',
      caller,
      answers: { 200: json(assignment) },
    },
    'PUT /rcs/ivr-profiles/:name/certificates': {
      summary: 'Assign certificates to an IVR profile',
      caller,
      body: assignmentSchema,
      answers: { 200: json(assignment) },
      problems: refusals,
    },
    'DELETE /rcs/ivr-profiles/:name/certificates': {
      summary: 'Forget an IVR profile',
      caller,
      body: confirmationSchema,
      answers: { 204: nothing() },
      problems: ['RCS_CONFIRMATION_REQUIRED'],
    },
    'GET /rcs/ivr-profiles/:name/annex': {
      summary: 'The text form of the annex',
      caller,
      answers: { 200: json(annex) },
    },
    'PUT /rcs/ivr-profiles/:name/annex': {
      summary: 'Assign what an exported annex names',
      caller,
      body: annexSchema,
      answers: { 200: json(assignment) },
      problems: [...refusals, 'RCS_KEY_REFUSED'],
    },
    'GET /rcs/screen-recording-certificates': {
      summary: 'Certificates of screen recordings',
      caller,
      answers: { 200: json(assignment) },
    },
    'PUT /rcs/screen-recording-certificates': {
      summary: 'Assign certificates to screen recordings',
      caller,
      body: assignmentSchema,
      answers: { 200: json(assignment) },
      problems: refusals,
    },
    'GET /rcs/contact-centers/:contactCenter/recipients': {
      summary: 'For recorders: whom a new recording is to be encrypted for, valid at this moment',
      caller: 'user',
      query: recipientQuerySchema,
      headers: { 'If-None-Match': 'The ETag of what the recorder has.' },
      answers: {
        200: json(recipients, 'Done.', recipientsTag),
        304: { description: 'They are still those.', headers: recipientsTag },
      },
      problems: recipientProblems,
    },
    'GET /rcs/contact-centers/:contactCenter/recipients/events': {
      summary: 'For recorders: whom new recordings are to be encrypted for, as it changes',
      description:
        'Server-sent events: recipients (the list), current (it is still that list), unavailable (a problem: nothing may be recorded until the next recipients). Data is JSON; what is told holds for trustMs, and for as long again with each current. A stream ends after a minute: connect again with Last-Event-ID.',
      caller: 'user',
      query: recipientQuerySchema,
      headers: { 'Last-Event-ID': 'Of the last event: the list comes only if it is another one.' },
      answers: { 200: events('A stream.') },
      problems: recipientProblems,
    },
  },
};
