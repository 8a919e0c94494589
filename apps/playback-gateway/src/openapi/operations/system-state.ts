import { z } from 'zod';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { count } from '../values.js';

const reason = z.string().optional();

const system = named(
  'System',
  z.strictObject({
    version: z.string(),
    vaults: z.array(
      z.strictObject({
        vault: z.string(),
        ready: z.boolean(),
        reason,
        tokens: z.array(
          z.strictObject({
            name: z.string(),
            state: z.string().describe('open, lost, hung, pin-refused or closed'),
            reason,
          }),
        ),
        load: z
          .strictObject({ keys: count, sessions: count, sessionsInUse: count })
          .optional()
          .describe('for operations accounts'),
      }),
    ),
    workers: z.array(
      z.strictObject({
        worker: z.string(),
        version: z.string(),
        inFlight: count.optional().describe('for operations accounts'),
      }),
    ),
  }),
);

/** What of the cluster is there. */
export const systemState: FeatureOperations = {
  feature: 'System',
  operations: {
    'GET /rcs/system': {
      summary: 'For administrators: whether vaults, tokens and workers are there',
      description:
        'As the gateway that answers sees them. What all contact centers together do is shown to operations accounts.',
      caller: 'user',
      answers: { 200: json(system) },
    },
  },
};
