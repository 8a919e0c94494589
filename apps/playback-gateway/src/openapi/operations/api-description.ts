import { z } from 'zod';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';

const description = named('ApiDescription', z.looseObject({ openapi: z.string() }));

/** This document. */
export const apiDescription: FeatureOperations = {
  feature: 'Description of the API',
  operations: {
    'GET /rcs/openapi.json': { summary: 'This document', caller: 'user', answers: { 200: json(description) } },
  },
};
