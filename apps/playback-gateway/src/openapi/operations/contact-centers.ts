import { z } from 'zod';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { succeeded } from '../values.js';

/** Whom this installation serves. */
export const contactCenters: FeatureOperations = {
  feature: 'Contact centers',
  operations: {
    'GET /api/v2/ops/contact-centers': {
      summary: 'For operations accounts: the contact centers that there are',
      caller: 'user',
      answers: {
        200: json(named('ContactCenters', z.strictObject({ statusCode: succeeded, uris: z.array(z.string()) }))),
      },
    },
  },
};
