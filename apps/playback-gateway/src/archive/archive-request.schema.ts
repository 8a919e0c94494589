import { z } from 'zod';
import { aliasSchema } from '../certificates/upload/certificate-input.js';
import { searchRecordingsSchema } from '../recordings/search-recordings.schema.js';

const days = z.int().min(0).max(36_500);
const criteria = searchRecordingsSchema.omit({ limit: true, position: true });

/** Which recordings go into an archive, and why. */
export const archiveRequestSchema = z
  .strictObject({
    recordings: z.array(z.string().min(1).max(128)).min(1).max(1000).optional().describe('by their ids'),
    search: criteria.optional().describe('the criteria of a search for recordings'),
    age: z
      .strictObject({
        minimumDays: days.default(0).describe('began this many days ago, or earlier'),
        maximumDays: days.optional().describe('began less than this many days ago'),
      })
      .optional(),
    reason: z.string().trim().min(1).max(1024).describe('why; it stands in the audit and in the manifest'),
    encryptPlainFor: aliasSchema
      .optional()
      .describe('alias of the certificate that plain media are encrypted for; without it they are left out'),
    recipientCertificate: z
      .string()
      .max(64 * 1024)
      .optional()
      .describe(
        'certificate (PEM) that the archive is for: envelopes are re-wrapped for it alone; the configuration of the vaults must name it',
      ),
    plainMedia: z
      .enum(['refuse', 'encrypt'])
      .optional()
      .describe('with recipientCertificate: plain media are left out (refuse, as when absent), or encrypted for it'),
  })
  .refine(
    ({ encryptPlainFor, recipientCertificate }) => encryptPlainFor === undefined || recipientCertificate === undefined,
    {
      error: 'one of encryptPlainFor and recipientCertificate',
      path: ['encryptPlainFor'],
    },
  )
  .refine(({ plainMedia, recipientCertificate }) => plainMedia === undefined || recipientCertificate !== undefined, {
    error: 'with recipientCertificate only',
    path: ['plainMedia'],
  })
  .refine(({ recordings, search, age }) => [recordings, search, age].filter(one => one !== undefined).length === 1, {
    error: 'one of recordings, search and age',
    path: ['recordings'],
  })
  .refine(({ search }) => search === undefined || Object.keys(search).length > 0, {
    error: 'at least one criterion',
    path: ['search'],
  });

export type ArchiveRequest = Readonly<z.output<typeof archiveRequestSchema>>;
export type SearchCriteria = z.output<typeof criteria>;
