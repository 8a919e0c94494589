import type { z } from 'zod';
import { RcsError } from '#platform';

/** @throws RcsError naming the field. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  const missing = issue?.code === 'invalid_type' && issue.message.includes('undefined');
  throw new RcsError(missing ? 'RCS_MISSING_PARAMETER' : 'RCS_INVALID_VALUE', undefined, {
    publicDetail:
      missing && field !== '' ? field : `${field === '' ? 'the body' : field}: ${issue?.message ?? 'is not valid'}`,
  });
}
