import { z } from 'zod';
import {
  erasureSchema,
  mountsSchema,
  pendingRemovalsSchema,
  placeHoldSchema,
  retryRemovalSchema,
  unmountSchema,
} from '../../removal/removal.schema.js';
import { retentionSchema } from '../../retention/retention.schema.js';
import { named } from '../named-schema.js';
import { json, nothing, type FeatureOperations } from '../operation.js';
import { count, succeeded, time } from '../values.js';

const hold = named(
  'LegalHold',
  z.strictObject({
    id: z.string(),
    mediaId: z.string().optional().describe('the media file that is held; absent: the whole recording'),
    user: z.string().describe('who placed it'),
    reason: z.string(),
    time,
    until: time.optional().describe('when it ends by itself'),
  }),
);
const rules = named(
  'Retention',
  z.strictObject({
    rules: z.array(
      z.strictObject({ ivrProfile: z.string().optional(), label: z.string().optional(), days: z.int().nullable() }),
    ),
  }),
);
const expired = named(
  'ExpiredRecordings',
  z.strictObject({
    count,
    recordings: z.array(z.string()).describe('the first hundred'),
    more: z.literal(true).optional().describe('there are more than count says'),
  }),
);
const storedFile = z.strictObject({
  recordingId: z.string(),
  mediaId: z.string(),
  contactCenter: z.string(),
  attempts: z.int().describe('how often it could not be removed'),
  reason: z.string().optional().describe('code of the last failure'),
});
const mounts = named(
  'MountedArchives',
  z.strictObject({
    statusCode: succeeded,
    mounts: z.array(
      z.strictObject({
        storage: z.string(),
        path: z.string().describe('as unmounting takes it; a folder ends with a slash'),
        recordings: count,
      }),
    ),
    next: z.string().optional().describe('absent at the end'),
  }),
);
const deleted = named('DeletedRecording', z.strictObject({ statusCode: succeeded }));

/** How recordings go, and what keeps them. */
export const removal: FeatureOperations = {
  feature: 'Deletion, holds, retention and erasure',
  operations: {
    'DELETE /api/v2/ops/contact-centers/:contactCenter/recordings/:id': {
      summary: 'For operations accounts: delete a recording with its stored files',
      description: 'Its id is taken no more. What is protected or held stays, whole.',
      caller: 'user',
      answers: {
        200: json(deleted, 'Metadata and stored files are gone.'),
        202: json(
          deleted,
          'The recording is gone; a stored file is still there, and is removed as soon as that can be.',
        ),
      },
      problems: ['RCS_RECORDING_NOT_FOUND', 'RCS_RECORDING_PROTECTED', 'RCS_RECORDING_HELD', 'RCS_RECORDING_READ_ONLY'],
    },
    'GET /api/v2/ops/contact-centers/:contactCenter/mounted-recordings': {
      summary: 'For operations accounts: which archives are mounted, and how many recordings of each',
      description:
        'Looks at some thousand recordings at a time: where the answer has `next`, go on with it, and add up what is counted of one archive.',
      caller: 'user',
      query: mountsSchema,
      answers: { 200: json(mounts) },
      problems: ['RCS_NOT_WITH_CASSANDRA'],
    },
    'DELETE /api/v2/ops/contact-centers/:contactCenter/mounted-recordings/:id': {
      summary: 'For operations accounts: take a recording of a mounted archive out again',
      description: 'The archive stays as it is, and may be mounted again. What is protected or held stays mounted.',
      caller: 'user',
      query: unmountSchema,
      answers: { 200: json(deleted, 'It is not mounted any more.') },
      problems: ['RCS_RECORDING_NOT_FOUND', 'RCS_RECORDING_PROTECTED', 'RCS_RECORDING_HELD'],
    },
    'GET /api/v2/ops/removals': {
      summary:
        'For operations accounts: stored files of removed recordings that are still there, the oldest trouble first',
      caller: 'user',
      query: pendingRemovalsSchema,
      answers: {
        200: json(
          named('PendingRemovals', z.strictObject({ statusCode: succeeded, storedFiles: z.array(storedFile) })),
        ),
      },
    },
    'POST /api/v2/ops/removals': {
      summary: 'For operations accounts: try the stored files of a removed recording again at once',
      caller: 'user',
      body: retryRemovalSchema,
      answers: {
        200: json(
          named(
            'RetriedRemoval',
            z.strictObject({ statusCode: succeeded, isFinished: z.boolean().describe('nothing of it is left') }),
          ),
        ),
      },
      problems: ['RCS_NOT_FOUND'],
    },
    'GET /rcs/recordings/:id/holds': {
      summary: 'Legal holds of a recording and of its media files',
      caller: 'user',
      answers: { 200: json(named('LegalHolds', z.strictObject({ holds: z.array(hold) }))) },
      problems: ['RCS_RECORDING_NOT_FOUND'],
    },
    'POST /rcs/recordings/:id/holds': {
      summary: 'Place a legal hold',
      description:
        'What is held is neither deleted nor does it expire; an erasure waits until nothing is held any more.',
      caller: 'user',
      body: placeHoldSchema,
      answers: { 201: json(hold) },
      problems: ['RCS_RECORDING_NOT_FOUND'],
    },
    'DELETE /rcs/recordings/:id/holds/:hold': {
      summary: 'Release a legal hold',
      caller: 'user',
      answers: { 204: nothing() },
      problems: ['RCS_RECORDING_NOT_FOUND'],
    },
    'GET /rcs/retention': {
      summary: 'How long recordings are kept',
      caller: 'user',
      answers: { 200: json(rules) },
    },
    'PUT /rcs/retention': {
      summary: 'Say how long recordings are kept',
      description:
        'A rule of a label beats those of IVR profiles, these beat the one of all recordings. Rules that remove something at once have to be confirmed.',
      caller: 'user',
      body: retentionSchema,
      answers: { 200: json(rules) },
      problems: ['RCS_CONFIRMATION_REQUIRED'],
    },
    'GET /rcs/retention/expired': {
      summary: 'What the rules remove now',
      caller: 'user',
      answers: { 200: json(expired) },
    },
    'POST /rcs/erasures': {
      summary: 'Erase recordings, or all recordings of a person',
      description:
        'Envelopes and stored files go for good, and do not come back with a restored backup. Ask again while the answer says `more`.',
      caller: 'user',
      body: erasureSchema,
      answers: {
        200: json(
          named(
            'Erasure',
            z.strictObject({
              recordings: z.array(
                z.strictObject({
                  id: z.string(),
                  outcome: z
                    .enum(['removed', 'partly', 'kept', 'unknown', 'found'])
                    .describe('partly, kept: what is held or protected waits; found: dry run'),
                }),
              ),
              isFinished: z.boolean().describe('nothing waits, and every stored file is gone'),
              more: z.literal(true).optional().describe('there are further recordings of this person'),
              incomplete: z.literal(true).optional().describe('recordings of before are still put into the index'),
            }),
          ),
        ),
      },
      problems: [],
    },
  },
};
