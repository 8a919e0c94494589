import { z } from 'zod';
import { crossOriginSettingsSchema } from '../../settings/cross-origin-settings.controller.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { succeeded } from '../values.js';

const crossOrigin = named(
  'CrossOriginSettings',
  z.strictObject({ statusCode: succeeded, allowedOrigins: z.array(z.string()) }),
);

/** What administrators of a contact center set for their users. */
export const settings: FeatureOperations = {
  feature: 'Settings',
  operations: {
    'GET /api/v2/settings/cross-origin': {
      summary: 'Origins whose pages the users of the contact center may use',
      caller: 'user',
      answers: { 200: json(crossOrigin) },
    },
    'PUT /api/v2/settings/cross-origin': {
      summary: 'Allow origins, beside those of the configuration',
      caller: 'user',
      body: crossOriginSettingsSchema,
      answers: { 200: json(crossOrigin) },
    },
  },
};
