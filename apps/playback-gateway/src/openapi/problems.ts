import { z } from 'zod';
import { errorRegistry, type ErrorCode } from '#platform';
import { localKeyManagerPath } from '../http/key-management-path.js';
import { named, referenceTo, type JsonSchema } from './named-schema.js';

/** RFC 9457, below /rcs. */
const problem = named(
  'Problem',
  z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string().describe('stable, see docs/errors.md'),
    reason: z.string().optional().describe('which of the cases of a code it is, stable'),
    requestId: z.string().optional(),
    retryable: z.boolean(),
  }),
);

/** What clients of Genesys RCS expect, below /api/v2 and elsewhere. */
const apiStatus = named(
  'ApiStatus',
  z.strictObject({
    statusCode: z
      .int()
      .min(1)
      .max(6)
      .describe('1 missing parameter, 2 bad value, 3 no permission, 4 internal, 5 no role, 6 not found'),
    statusMessage: z.string(),
  }),
);

/** What callers of the example service of Genesys Cloud expect. */
const keyManagementError = named('KeyManagementError', z.strictObject({ message: z.string(), status: z.int() }));

/** The body of an error, by the path that was asked for. */
export function problemContent(path: string): JsonSchema {
  if (path.startsWith(localKeyManagerPath)) return { 'application/json': { schema: referenceTo(keyManagementError) } };
  if (path.startsWith('/rcs/')) return { 'application/problem+json': { schema: referenceTo(problem) } };
  return { 'application/json': { schema: referenceTo(apiStatus) } };
}

/** One answer for each status that the codes have. */
export function problemAnswers(path: string, codes: readonly ErrorCode[]): Readonly<Record<string, JsonSchema>> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { http } = errorRegistry[code];
    byStatus.set(http, [...(byStatus.get(http) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, alternatives]) => [
      status,
      { description: descriptionOf(alternatives), ...headersOf(status), content: problemContent(path) },
    ]),
  );
}

const descriptionOf = (codes: readonly ErrorCode[]): string =>
  codes.map(code => `${errorRegistry[code].title} (${code}).`).join(' ');

const header = (description: string): JsonSchema => ({ description, schema: { type: 'string' } });

function headersOf(status: number): JsonSchema {
  if (status === 401) return { headers: { 'WWW-Authenticate': header('How to authenticate.') } };
  if (status === 429 || status === 503) return { headers: { 'Retry-After': header('Seconds, where they are known.') } };
  return {};
}
