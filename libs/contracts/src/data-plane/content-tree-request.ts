import { z } from 'zod';
import { withSetStorage } from './set-storage.js';

/**
 * Where a worker reads a stored file as a whole and makes its content tree. That may take long: white space before the
 * JSON of the answer says that it is still reading.
 */
export const contentTreePath = '/v1/content-tree';

/** With a grant to inspect. */
export const contentTreeRequestSchema = z.strictObject({ grant: z.string(), ...withSetStorage });

export const contentTreeReplySchema = z.strictObject({
  /** Of the stored file, in bytes. */
  length: z.int().min(0),
  /** Lower-case hexadecimal. */
  root: z.string().regex(/^[0-9a-f]{64}$/),
  /** Base64. */
  leaves: z.string(),
  /** As in the answer to an inspection. */
  entityTag: z.string().optional(),
  lastModified: z.iso.datetime().optional(),
});

export type ContentTreeRequest = z.output<typeof contentTreeRequestSchema>;
export type ContentTreeReply = z.output<typeof contentTreeReplySchema>;
