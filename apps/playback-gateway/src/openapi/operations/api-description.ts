import { z } from 'zod';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';

const description = named('ApiDescription', z.looseObject({ openapi: z.string() }));

/** This document, and the page that shows it. */
export const apiDescription: FeatureOperations = {
  feature: 'Description of the API',
  operations: {
    'GET /rcs/openapi.json': { summary: 'This document', caller: 'user', answers: { 200: json(description) } },
    'GET /rcs/openapi': {
      summary: 'A page that shows this document',
      caller: 'user',
      answers: { 200: { description: 'HTML.', content: { 'text/html': 'text' } } },
    },
    'GET /rcs/openapi/:file': {
      summary: 'What the page is made of',
      caller: 'user',
      answers: {
        200: { description: 'A script or a style sheet.', content: { 'text/javascript': 'text', 'text/css': 'text' } },
      },
    },
  },
};
