import { z } from 'zod';
import { keptArchiveStates } from '#store';
import { keptArchivesSchema, releaseSchema } from '../../kept-archives/kept-archives.schema.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { count, time } from '../values.js';

const caller = 'certificate-administrator';
const archiveShape = {
  id: z.string(),
  state: z
    .enum(keptArchiveStates)
    .describe(
      'making: it is no archive yet; sealed: somebody may have it; whole: all of it was sent or stored; broken-off: its end was not sent for certain, and somebody may have it',
    ),
  begunAt: time,
  lastSeenAt: time.describe('when it was made, or a part of it read here, last'),
  requestedBy: z.string(),
  reason: z.string(),
  recipient: z
    .strictObject({ fingerprint: z.string(), subject: z.string() })
    .optional()
    .describe('whom its envelopes were re-wrapped for'),
  job: z.strictObject({ id: z.string(), part: z.int().min(1) }).optional(),
  mediaFiles: count.describe('that need a key'),
};
const archive = named('KeptArchive', z.strictObject(archiveShape));
const released = named('ReleasedArchive', z.strictObject({ ...archiveShape, releasedAt: time }));
const page = named(
  'KeptArchives',
  z.strictObject({ archives: z.array(archive), nextCursor: z.string().optional().describe('absent at the end') }),
);

/** For which archives keys are kept. */
export const keptArchiveOperations: FeatureOperations = {
  feature: 'Kept archives',
  operations: {
    'GET /rcs/kept-archives': {
      summary: 'Archives that were made here and that keys are kept for, the newest first',
      caller,
      query: keptArchivesSchema,
      answers: { 200: json(page) },
      problems: ['RCS_CERTIFICATE_NOT_FOUND'],
    },
    'POST /rcs/kept-archives/:id/release': {
      summary: 'Say that nobody needs an archive any more',
      description:
        'No key is kept for it from now on. The archive itself stays where it is; one that is being made breaks off. It takes a login of the last minutes, as the removal of a key does.',
      caller,
      body: releaseSchema,
      answers: { 200: json(released) },
      problems: ['RCS_NOT_FOUND', 'RCS_FRESH_LOGIN_REQUIRED'],
    },
  },
};
