import { z } from 'zod';
import { rewrapSchema } from '../../rewrap/rewrap.controller.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { count, time } from '../values.js';

const caller = 'certificate-administrator';

const rewrap = named(
  'Rewrap',
  z.strictObject({
    id: z.string(),
    from: z.string(),
    to: z.string(),
    mode: z.enum(['add', 'replace']),
    state: z.enum(['running', 'paused', 'done']),
    percent: count,
    processed: count.describe('media files that were looked at'),
    counts: z.strictObject({
      total: count,
      rewrapped: count,
      unchanged: count,
      notRewrappable: count,
      failed: count,
    }),
    failures: z.array(z.strictObject({ recordingId: z.string(), mediaId: z.string(), reason: z.string() })),
    notes: z.array(z.string()),
    waiting: z.string().optional().describe('why it waits at the moment'),
    createdAt: time,
    createdBy: z.string(),
    updatedAt: time,
  }),
);
const rewraps = named('Rewraps', z.strictObject({ rewraps: z.array(rewrap) }));

/** Runs that give the recordings of one certificate a recipient for another one. */
export const rewrapOperations: FeatureOperations = {
  feature: 'Rewrap',
  operations: {
    'POST /rcs/certificates/:alias/rewrap': {
      summary: 'Give the recordings of a certificate a recipient for another one',
      caller,
      body: rewrapSchema,
      answers: { 202: json(rewrap, 'The run has begun.', { Location: 'Path of the run.' }) },
      problems: [
        'RCS_CERTIFICATE_NOT_FOUND',
        'RCS_CERTIFICATE_NOT_VALID',
        'RCS_CERTIFICATE_IN_USE',
        'RCS_KEY_DISABLED',
        'RCS_NOT_WITH_CASSANDRA',
      ],
    },
    'GET /rcs/certificates/:alias/rewrap': {
      summary: 'Runs from a certificate',
      caller,
      answers: { 200: json(rewraps) },
    },
    'GET /rcs/rewraps': { summary: 'All runs', caller, answers: { 200: json(rewraps) } },
    'GET /rcs/rewraps/:id': { summary: 'How far a run is', caller, answers: { 200: json(rewrap) } },
    'POST /rcs/rewraps/:id/pause': { summary: 'Pause a run', caller, answers: { 200: json(rewrap) } },
    'POST /rcs/rewraps/:id/resume': { summary: 'Resume a run', caller, answers: { 200: json(rewrap) } },
  },
};
