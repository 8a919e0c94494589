import { productVersion } from '#platform';
import { certificateOperations } from './certificate-operations.js';
import { certificateSchemas } from './certificate-schemas.js';
import { describeOperation, type Operation } from './operation.js';

const problem = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'stable, see docs/errors.md' },
    reason: { type: 'string', description: 'which of the cases of a code it is, stable' },
    requestId: { type: 'string' },
    retryable: { type: 'boolean' },
  },
  required: ['type', 'title', 'status', 'code', 'retryable'],
};

/** The OpenAPI 3.1 document of the resources below /rcs, made from the schemas that requests are checked with. */
export function openApiDocument(): Readonly<Record<string, unknown>> {
  return {
    openapi: '3.1.0',
    info: { title: 'Recording Crypto Server', version: productVersion() },
    security: [{ basic: [] }],
    paths: paths(certificateOperations),
    components: {
      securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
      schemas: { Problem: problem, ...certificateSchemas },
    },
  };
}

function paths(operations: readonly Operation[]): Record<string, Record<string, unknown>> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    (result[operation.path] ??= {})[operation.method] = describeOperation(operation);
  }
  return result;
}
