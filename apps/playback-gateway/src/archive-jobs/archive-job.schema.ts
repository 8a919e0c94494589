import { z } from 'zod';
import { archiveRequestSchema, type ArchiveRequest } from '../archive/archive-request.schema.js';

const GiB = 1024 ** 3;

export const destinationSchema = z.strictObject({
  storage: z.enum(['webDAV', 'file']).default('webDAV').describe('the kind of a storage of the contact center'),
  path: z
    .string()
    .max(2000)
    .regex(/^[^?#\\\p{Cc}]*$/u)
    .describe('the folder of the parts, below the storage; or its URL, inside of the storage'),
});

export const partLimitsSchema = z
  .strictObject({
    recordings: z.int().min(1).max(100_000).default(5000),
    bytes: z
      .int()
      .min(1)
      .max(64 * GiB)
      .default(2 * GiB),
  })
  .prefault({})
  .describe('a part ends behind the recording with which it reaches one of them');

const placement = { destination: destinationSchema, parts: partLimitsSchema };

export const archiveJobSchema = archiveRequestSchema.safeExtend(placement);
export type ArchiveJobInput = z.output<typeof archiveJobSchema>;

export const archiveScheduleSchema = z
  .strictObject({
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .describe('time of day in UTC, HH:mm'),
    age: z
      .strictObject({
        minimumDays: z.int().min(0).max(36_500).default(0),
        maximumDays: z.int().min(1).max(36_500).default(1),
      })
      .prefault({})
      .refine(({ minimumDays, maximumDays }) => minimumDays < maximumDays, { path: ['maximumDays'] })
      .describe('of recordings, counted back from 00:00 UTC of each day: 0 and 1 is the day before'),
    reason: archiveRequestSchema.shape.reason,
    encryptPlainFor: archiveRequestSchema.shape.encryptPlainFor,
    recipientCertificate: archiveRequestSchema.shape.recipientCertificate,
    plainMedia: archiveRequestSchema.shape.plainMedia,
    ...placement,
  })
  .refine(
    ({ encryptPlainFor, recipientCertificate }) => encryptPlainFor === undefined || recipientCertificate === undefined,
    { error: 'one of encryptPlainFor and recipientCertificate', path: ['encryptPlainFor'] },
  )
  .refine(({ plainMedia, recipientCertificate }) => plainMedia === undefined || recipientCertificate !== undefined, {
    error: 'with recipientCertificate only',
    path: ['plainMedia'],
  });
export type ArchiveScheduleInput = z.output<typeof archiveScheduleSchema>;

export const partsQuerySchema = z.strictObject({
  after: z.coerce
    .number()
    .pipe(z.int().min(0))
    .default(0)
    .describe('the number of the part behind which the page begins'),
});

const dayMs = 24 * 60 * 60_000;

/** An age means times from the moment on at which it was asked for: a job that goes on later means the same recordings. */
export function withFixedTimes({ age, ...request }: ArchiveRequest, now: number): ArchiveRequest {
  if (age === undefined) return request;
  const { minimumDays, maximumDays } = age;
  const from = maximumDays === undefined ? {} : { startTime: now - maximumDays * dayMs };
  return { ...request, search: { ...from, endTime: now - minimumDays * dayMs } };
}

/** What the audit says of a request: a certificate would fill it. */
export const withoutCertificate = (request: object): object =>
  Object.fromEntries(Object.entries(request).filter(([name]) => name !== 'recipientCertificate'));
