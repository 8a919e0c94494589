import { z } from 'zod';

/** Id of a contact center; empty for what belongs to none. */
export const contactCenterField = z.string().max(256);

/** The contact center that a query names: of one that is misspelled nobody takes another. */
export const scopeQuerySchema = z.strictObject({ contactCenter: contactCenterField.optional() });
export type ScopeQuery = z.output<typeof scopeQuerySchema>;
