import { z } from 'zod';
import { archiveJobStates } from '#store';
import {
  archiveJobSchema,
  archiveScheduleSchema,
  destinationSchema,
  partLimitsSchema,
  partsQuerySchema,
} from '../../archive-jobs/archive-job.schema.js';
import { named } from '../named-schema.js';
import { json, nothing, type FeatureOperations } from '../operation.js';
import { problemsOfRecordings } from '../problems-of-recordings.js';
import { count, time } from '../values.js';

const leftOut = z.strictObject({
  recording: z.string(),
  mediaFile: z.string().optional(),
  code: z.string(),
  reason: z.string(),
});
const jobShape = {
  id: z.string(),
  state: z.enum(archiveJobStates).describe('paused and failed: until it is resumed; cancelled and done: for good'),
  reason: z.string(),
  selection: z.record(z.string(), z.unknown()).describe('what was asked for, with the times that an age meant'),
  destination: destinationSchema,
  name: z.string().describe('what the names of its parts begin with'),
  limits: z.strictObject({ recordings: count, bytes: count }),
  counts: z
    .strictObject({ parts: count, recordings: count, mediaFiles: count, bytes: count, leftOut: count })
    .describe('of parts that are whole'),
  leftOut: z.array(leftOut).describe('the first 100; the manifest of each part names all of it'),
  waiting: z.string().optional().describe('why it waits at the moment'),
  error: z.strictObject({ code: z.string(), text: z.string() }).optional().describe('why it failed'),
  scheduledFor: z.string().optional().describe('the day of the schedule'),
  createdAt: time,
  createdBy: z.string(),
  updatedAt: time,
};
const job = named('ArchiveJob', z.strictObject(jobShape));
const part = named(
  'ArchivePart',
  z.strictObject({
    number: z.int().min(1),
    path: z.string(),
    archive: z.string().optional().describe('id of the archive that it is'),
    length: count,
    sha256: z.string(),
    recordings: count,
    mediaFiles: count,
    finishedAt: time,
  }),
);
const jobWithParts = named(
  'ArchiveJobWithParts',
  z.strictObject({
    ...jobShape,
    parts: z.array(part),
    next: z.int().optional().describe('`after` of the next page; absent at the end'),
  }),
);
const schedule = named(
  'ArchiveSchedule',
  z.strictObject({
    at: z.string().describe('time of day in UTC, HH:mm'),
    age: z.strictObject({ minimumDays: count, maximumDays: count }),
    reason: z.string(),
    encryptPlainFor: z.string().optional(),
    recipientCertificate: z.string().optional(),
    plainMedia: z.enum(['refuse', 'encrypt']).optional(),
    destination: destinationSchema,
    parts: partLimitsSchema,
    setBy: z.string(),
    setAt: time,
    lastDay: z.string().describe('the last day that had its job, or is to have none'),
  }),
);
const caller = 'user';
const refused = ['RCS_INSUFFICIENT_ROLE', 'RCS_NOT_FOUND', 'RCS_ARCHIVE_JOB_ENDED'] as const;

/** Archives that are made here, into a storage of the contact center. */
export const archiveJobOperations: FeatureOperations = {
  feature: 'Archive jobs',
  operations: {
    'POST /rcs/archive-jobs': {
      summary: 'Have an archive made into a storage',
      description:
        'Some gateway makes it, part by part: each part is an archive of its own, whole and signed, written under another name and called so when it is whole. docs/archive.md has the details.',
      caller,
      body: archiveJobSchema,
      answers: { 202: json(job, 'It is made.', { Location: 'The job.' }) },
      problems: [
        ...problemsOfRecordings,
        'RCS_CERTIFICATE_NOT_FOUND',
        'RCS_KEY_DISABLED',
        'RCS_MEDIA_LOCATION_REFUSED',
        'RCS_STORAGE_INACTIVE',
      ],
    },
    'GET /rcs/archive-jobs': {
      summary: 'The newest archive jobs',
      caller,
      answers: { 200: json(named('ArchiveJobs', z.strictObject({ jobs: z.array(job) }))) },
      problems: ['RCS_INSUFFICIENT_ROLE'],
    },
    'GET /rcs/archive-jobs/:id': {
      summary: 'One archive job, with its parts',
      caller,
      query: partsQuerySchema,
      answers: { 200: json(jobWithParts) },
      problems: ['RCS_INSUFFICIENT_ROLE', 'RCS_NOT_FOUND'],
    },
    'POST /rcs/archive-jobs/:id/pause': {
      summary: 'Pause an archive job',
      description: 'The part that is being written is given up; the parts that are whole stay.',
      caller,
      answers: { 200: json(job) },
      problems: refused,
    },
    'POST /rcs/archive-jobs/:id/resume': {
      summary: 'Resume an archive job that is paused, failed or waits',
      caller,
      answers: { 200: json(job) },
      problems: refused,
    },
    'DELETE /rcs/archive-jobs/:id': {
      summary: 'Cancel an archive job; parts that are whole stay where they are',
      caller,
      answers: { 200: json(job) },
      problems: refused,
    },
    'GET /rcs/archive-jobs/:id/parts/:number': {
      summary: 'A part of an archive, or a range of it',
      caller,
      headers: { Range: 'One range of bytes.', 'If-Range': 'The entity tag of the part.' },
      answers: {
        200: {
          description: 'The part.',
          content: { 'application/zip': 'bytes' },
          headers: { ETag: 'Of the part.', 'Content-Disposition': 'The name of the file.' },
        },
        206: {
          description: 'The range.',
          content: { 'application/zip': 'bytes' },
          headers: { ETag: 'Of the part.', 'Content-Range': 'Which bytes.' },
        },
        416: { description: 'No such range.' },
      },
      problems: [
        'RCS_INSUFFICIENT_ROLE',
        'RCS_NOT_FOUND',
        'RCS_STORAGE_FILE_MISSING',
        'RCS_STORAGE_CHANGED',
        'RCS_NO_WORKER',
      ],
    },
    'GET /rcs/archive-schedule': {
      summary: 'When an archive is made by itself',
      caller,
      answers: { 200: json(schedule) },
      problems: ['RCS_INSUFFICIENT_ROLE', 'RCS_NOT_FOUND'],
    },
    'PUT /rcs/archive-schedule': {
      summary: 'Have an archive made each day',
      description:
        'At a time of day in UTC a job is begun: one each day, however many gateways there are. Days on which none ran are made up for.',
      caller,
      body: archiveScheduleSchema,
      answers: { 200: json(schedule) },
      problems: [
        'RCS_INSUFFICIENT_ROLE',
        'RCS_CERTIFICATE_NOT_FOUND',
        'RCS_KEY_DISABLED',
        'RCS_MEDIA_LOCATION_REFUSED',
        'RCS_STORAGE_INACTIVE',
      ],
    },
    'DELETE /rcs/archive-schedule': {
      summary: 'Have no archive made by itself any more',
      caller,
      answers: { 204: nothing() },
      problems: ['RCS_INSUFFICIENT_ROLE', 'RCS_NOT_FOUND'],
    },
  },
};
