import { z } from 'zod';
import { RcsError } from '#platform';
import type { AuditPosition, AuditQuery, User } from '#store';

const pageSize = 100;
const largestPage = 1000;
const text = z.string().min(1).max(1024);

const selectionFields = {
  from: text.optional(),
  to: text.optional(),
  user: text.optional(),
  recording: text.optional(),
  order: z.enum(['oldest-first', 'newest-first']).optional(),
};
export const auditExportSchema = z.strictObject(selectionFields);
export const auditPageSchema = z.strictObject({
  ...selectionFields,
  limit: z.coerce.number().int().min(1).max(largestPage).default(pageSize),
  cursor: text.optional(),
});
export const auditProofSchema = z.strictObject({
  writer: text,
  sequence: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});
const positionSchema = z.tuple([z.iso.datetime(), text, z.int().min(0)]);

export type AuditSelection = z.output<typeof auditExportSchema>;
export type AuditProofRequest = z.output<typeof auditProofSchema>;
export type AuditPage = z.output<typeof auditPageSchema>;

/** @throws RcsError RCS_INVALID_VALUE for a cursor that is none. */
export function pageQuery({ cursor, ...selection }: AuditPage): AuditQuery & { readonly limit: number } {
  return withoutUndefined({ ...selection, after: cursor === undefined ? undefined : positionOf(cursor) });
}

export const exportQuery = (selection: AuditSelection): AuditQuery => withoutUndefined(selection);

/** Names the place after which the next page begins. */
export function cursorOf({ time, writer, sequence }: AuditPosition): string {
  return Buffer.from(JSON.stringify([time, writer, sequence])).toString('base64url');
}

/**
 * What of the audit a user may read: the ops account all of it, an administrator that of their contact center.
 * @throws RcsError RCS_INSUFFICIENT_ROLE for everybody else.
 */
export function readableBy(user: User): Pick<AuditQuery, 'contactCenter'> {
  if (user.roles.includes('ops')) return {};
  if (user.roles.includes('admin') && user.contactCenter !== undefined) return { contactCenter: user.contactCenter };
  throw new RcsError('RCS_INSUFFICIENT_ROLE', 'only administrators read the audit');
}

/** @throws RcsError RCS_INVALID_VALUE for a cursor that is none. */
export function positionOf(cursor: string): AuditPosition {
  try {
    const [time, writer, sequence] = positionSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { time, writer, sequence };
  } catch (error) {
    throw new RcsError('RCS_INVALID_VALUE', undefined, {
      publicDetail: 'cursor: take it from the page before',
      cause: error,
    });
  }
}

/** Absent and undefined differ for queries with exact optional properties. */
function withoutUndefined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
