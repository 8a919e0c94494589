import { z } from 'zod';
import { withSetStorage } from './set-storage.js';

/** Where a worker answers a stored file as it lies in its storage, for an archive: no key is used, nothing is decrypted. */
export const archivePath = '/v1/archive';

/** The leaves of a file of 16 GiB. */
const maximumContentTreeDigits = 12 * 1024 * 1024;

/** With a grant to archive. */
export const archiveRequestSchema = z.strictObject({
  grant: z.string(),
  ...withSetStorage,
  /** Base64 of the leaves of the content tree whose root the grant names. */
  contentTree: z.string().max(maximumContentTreeDigits).optional(),
  /** Goes on with a file that was begun before: what its answer said, and how many of its bytes are there already. */
  resume: z.strictObject({ entityTag: z.string().max(256), offset: z.int().min(0) }).optional(),
  /** PEM of the certificate that a plain file is encrypted for; the grant names its SHA-256. */
  recipient: z
    .string()
    .max(64 * 1024)
    .optional(),
});

export type ArchiveRequest = Readonly<z.output<typeof archiveRequestSchema>>;
