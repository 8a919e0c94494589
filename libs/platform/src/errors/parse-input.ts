import type { z } from 'zod';
import { RcsError } from './rcs-error.js';

/**
 * What was sent, as the schema has it; nothing at all counts like an object without fields. Every way into the product
 * answers a mistake in the same words.
 * @param explanation instead of what the schema says of a wrong value
 * @param whole what was sent, for messages about all of it
 * @throws RcsError RCS_MISSING_PARAMETER or RCS_INVALID_VALUE, naming the field
 */
export function parseInput<T extends z.ZodType>(
  schema: T,
  input: unknown,
  explanation?: string,
  whole = 'the body',
): z.output<T> {
  const sent = input ?? {};
  const result = schema.safeParse(sent);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  // A rule of our own says what to send instead, also where nothing was sent.
  if (issue !== undefined && field !== '' && issue.code !== 'custom' && valueAt(sent, issue.path) === undefined) {
    const unknown = result.error.issues.flatMap(one => (one.code === 'unrecognized_keys' ? one.keys : []));
    const publicDetail = unknown.length === 0 ? field : `${field}; not known: ${unknown.join(', ')}`;
    throw new RcsError('RCS_MISSING_PARAMETER', undefined, { publicDetail });
  }
  const reason = `${field === '' ? whole : field}: ${issue?.message ?? 'is not valid'}`;
  throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: explanation ?? reason });
}

/** The same of the parameters in a URL. @throws as `parseInput` */
export const parseQuery = <T extends z.ZodType>(schema: T, query: unknown): z.output<T> =>
  parseInput(schema, query, undefined, 'the query');

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key],
    input,
  );
