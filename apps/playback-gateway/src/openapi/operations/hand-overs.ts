import { z } from 'zod';
import { handOverOperationSchema, handOverPageSchema } from '../../hand-over/hand-over.schema.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { succeeded } from '../values.js';

const handOver = z.strictObject({
  recordingId: z.string(),
  receiver: z.string().describe('its URL, as the metadata of the recording names it'),
  contactCenter: z.string(),
  state: z.enum(['given-up', 'waiting']),
  attempts: z.int(),
  nextAttempt: z.string().optional().describe('ISO 8601'),
  reason: z.string().optional().describe('why the last attempt failed'),
});

/** What interaction receivers did not take. */
export const handOvers: FeatureOperations = {
  feature: 'Hand-over to interaction receivers',
  operations: {
    'GET /api/v2/ops/hand-overs': {
      summary: 'For operations accounts: recordings whose metadata no interaction receiver took, or is still to get',
      caller: 'user',
      query: handOverPageSchema,
      answers: {
        200: json(named('HandOvers', z.strictObject({ statusCode: succeeded, handOvers: z.array(handOver) }))),
      },
    },
    'POST /api/v2/ops/hand-overs': {
      summary: 'For operations accounts: try one that was given up again, or discard it',
      caller: 'user',
      body: handOverOperationSchema,
      answers: { 200: json(named('HandOverDone', z.strictObject({ statusCode: succeeded }))) },
      problems: ['RCS_NOT_FOUND'],
    },
  },
};
