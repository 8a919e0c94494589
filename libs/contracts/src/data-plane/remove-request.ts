import { z } from 'zod';
import { withSetStorage } from './set-storage.js';

/** Where a worker removes the stored file of a recording that is in no store any more. */
export const removePath = '/v1/remove';

/** With a grant to remove. */
export const removeRequestSchema = z.strictObject({ grant: z.string(), ...withSetStorage });

/** Nothing is left at the place. */
export const removeReplySchema = z.strictObject({ removed: z.literal(true) });

export type RemoveRequest = z.output<typeof removeRequestSchema>;
export type RemoveReply = z.output<typeof removeReplySchema>;
