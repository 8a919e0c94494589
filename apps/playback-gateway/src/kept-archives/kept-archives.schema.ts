import { z } from 'zod';
import { aliasSchema } from '../certificates/upload/certificate-input.js';

export const keptArchivesSchema = z.strictObject({
  certificate: aliasSchema.optional().describe('alias: archives alone with media files that only its key opens'),
  cursor: z.string().max(4096).optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(500)).default(100),
});
export type KeptArchivesQuery = z.output<typeof keptArchivesSchema>;

export const releaseSchema = z.strictObject({
  reason: z.string().trim().min(1).max(1024).describe('why nobody needs the archive any more; it stands in the audit'),
});
export type ReleaseInput = z.output<typeof releaseSchema>;
