import { z } from 'zod';

/** Id of a contact center; empty for what belongs to none. */
export const contactCenterField = z.string().max(256);

/** The contact center that a query names. */
export const scopeQuerySchema = z.object({ contactCenter: contactCenterField.optional() });
export type ScopeQuery = z.output<typeof scopeQuerySchema>;
