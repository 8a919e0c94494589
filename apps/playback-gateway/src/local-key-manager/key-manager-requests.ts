import { z } from 'zod';
import { RcsError } from '#platform';

/** Id of a contact center; empty for what belongs to none. */
export const contactCenterField = z.string().max(256);

export const scopeQuerySchema = z.object({ contactCenter: contactCenterField.optional() });

/** The contact center that a query names. @throws RcsError RCS_INVALID_VALUE naming the parameter. */
export const scopeQuery = (query: unknown): string | undefined => checked(scopeQuerySchema, query).contactCenter;

/** @throws RcsError RCS_INVALID_VALUE naming the field. */
export function checked<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  const publicDetail = `${field === '' ? 'the body' : field}: ${issue?.message ?? 'is not valid'}`;
  throw new RcsError('RCS_INVALID_VALUE', publicDetail, { publicDetail });
}
