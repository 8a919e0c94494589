import { z } from 'zod';
import { assignFeaturesSchema } from '../../contact-centers/features.js';
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
    'GET /api/v2/ops/contact-centers/:contactCenter/features': {
      summary: 'For operations accounts: features of a contact center, which all have',
      caller: 'user',
      answers: {
        200: json(named('Features', z.strictObject({ statusCode: succeeded, uris: z.array(z.string()) }))),
      },
      problems: ['RCS_NOT_FOUND'],
    },
    'POST /api/v2/ops/contact-centers/:contactCenter/features': {
      summary: 'For operations accounts: assign features, as installations of Web Services do',
      description: 'They are on already; one that this server does not have is refused by its name.',
      caller: 'user',
      body: assignFeaturesSchema,
      answers: { 200: json(named('FeaturesAssigned', z.strictObject({ statusCode: succeeded }))) },
      problems: ['RCS_NOT_FOUND'],
    },
  },
};
