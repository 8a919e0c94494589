import { z } from 'zod';

const reason = z.string().trim().min(1).max(1000).describe('why; it stands in the audit');
const id = z.string().min(1).max(128);

export const placeHoldSchema = z.strictObject({
  reason,
  mediaId: z.string().min(1).max(1024).optional().describe('one media file; the whole recording where it is absent'),
  until: z.iso
    .datetime({ offset: true })
    .refine(text => Date.parse(text) > Date.now(), 'must be in the future')
    .optional()
    .describe('when it ends by itself; absent: when somebody releases it'),
});

const number = z
  .string()
  .min(1)
  .max(256)
  .refine(text => !text.includes('*'), 'must be one whole number, without *');

/** One of both: recordings that somebody names, or all of a person. */
export const erasureSchema = z
  .strictObject({
    reason,
    recordings: z.array(id).min(1).max(100).optional(),
    subject: z
      .union([z.strictObject({ phoneNumber: number }), z.strictObject({ userName: z.string().min(1).max(1024) })])
      .optional()
      .describe('whoever called or was called from a number, or an agent'),
    dryRun: z.boolean().default(false).describe('says what would be erased, and erases nothing'),
  })
  .refine(({ recordings, subject }) => (recordings === undefined) !== (subject === undefined), {
    path: ['recordings'],
    message: 'name either recordings or a subject',
  });

export const pendingRemovalsSchema = z.strictObject({
  contactCenter: z.string().min(1).max(256).optional().describe('of this one alone'),
  limit: z.coerce.number().int().min(1).max(100).default(100),
});
export const unmountSchema = z.strictObject({
  storage: z.string().min(1).max(64).describe('kind of the storage in which the archive lies'),
  path: z.string().min(1).max(4096).describe('the archive as it was mounted; a folder ends with /'),
});
export const mountsSchema = z.strictObject({
  after: z.string().max(1024).default('').describe('`next` of the answer before; all from the beginning when absent'),
});
export const retryRemovalSchema = z.strictObject({ recordingId: z.string().min(1).max(256) });

export type PendingRemovalsQuery = z.output<typeof pendingRemovalsSchema>;
export type MountsQuery = z.output<typeof mountsSchema>;
export type Unmount = z.output<typeof unmountSchema>;
export type RetryRemoval = z.output<typeof retryRemovalSchema>;
export type PlaceHold = z.output<typeof placeHoldSchema>;
export type Erasure = z.output<typeof erasureSchema>;
