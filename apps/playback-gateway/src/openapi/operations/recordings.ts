import { z } from 'zod';
import { giveUpSchema } from '../../media-index/media-index.controller.js';
import { listenersSchema } from '../../listeners/listeners.controller.js';
import { insertRecordingSchema } from '../../recordings/insert-recording.schema.js';
import { searchRecordingsSchema } from '../../recordings/search-recordings.schema.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations, type Operation } from '../operation.js';
import { problemsOfRecordings } from '../problems-of-recordings.js';
import { count, succeeded, time } from '../values.js';
import { recordingLabel } from './labels.js';

const recorderTime = z.string().optional().describe('as it was inserted: 2026-11-21T08:00:00.000+0000');
const parameters = z.record(z.string(), z.unknown()).optional();

/** Fields that nobody here knows stay as they were inserted. */
const recordingFields = {
  id: z.string(),
  callerPhoneNumber: z.string().optional(),
  dialedPhoneNumber: z.string().optional(),
  startTime: recorderTime,
  stopTime: recorderTime,
  region: z.string(),
  mediaFiles: z.array(
    z.looseObject({
      mediaUri: z.string(),
      mediaPath: z.string(),
      playPath: z.string(),
      startTime: recorderTime,
      stopTime: recorderTime,
      callUUID: z.string().optional(),
      mediaId: z.string(),
      type: z.string(),
      duration: z.string().optional().describe('milliseconds'),
      size: z.string().optional().describe('bytes'),
      tenant: z.string().optional(),
      ivrprofile: z.string().optional(),
      parameters,
      certAlias: z.array(z.string()).optional(),
    }),
  ),
  eventHistory: z.array(z.record(z.string(), z.unknown())).optional(),
};
const annotations = {
  seen: z.boolean().describe('the user who asks got something of it, at some time'),
  seenTime: time.optional().describe('the last time, to the minute'),
  nonDelete: z.boolean().describe('protected from deletion'),
  expiryTime: time.optional().describe('when the rules of retention remove it; absent: never'),
  onHold: z.boolean().describe('on legal hold, or a media file of it'),
  labels: z.array(recordingLabel),
};
const inserted = named(
  'InsertedRecording',
  z.looseObject({
    statusCode: succeeded,
    ...recordingFields,
    warnings: z.array(z.string()).optional().describe('why a recording that was taken may not play'),
  }),
);
const recording = named('Recording', z.looseObject({ statusCode: succeeded, ...recordingFields, ...annotations }));
const recordingOfPage = named('RecordingOfPage', z.looseObject({ ...recordingFields, ...annotations }));

const recordingPage = named(
  'RecordingPage',
  z.strictObject({
    statusCode: succeeded,
    recordings: z.array(recordingOfPage).describe('the latest start first; fewer than asked for do not mean the end'),
    nextUri: z.string().optional().describe('the page of earlier recordings; absent at the end'),
    previousUri: z.string().optional().describe('the page of later recordings'),
    incomplete: z.literal(true).optional().describe('recordings of before this version are still put into the index'),
  }),
);

const listeners = named(
  'Listeners',
  z.strictObject({
    listeners: z.array(
      z.strictObject({
        user: z.string().optional(),
        userSource: z.enum(['configuration-server', 'openid']).optional(),
        erased: z.literal(true).optional().describe('the audit has forgotten who: all of them are one entry'),
        firstTime: time,
        lastTime: time,
        playbacks: count.describe('requests that were answered with bytes; a player makes several'),
        unfinished: count.describe('of which it is not known how much was sent: running, or their gateway was killed'),
        mediaFiles: z.array(
          z.strictObject({
            mediaId: z.string(),
            ranges: z.array(
              z.strictObject({
                firstByte: count,
                lastByte: count,
                fromSecond: count.optional(),
                toSecond: count.optional(),
              }),
            ),
            more: z.literal(true).optional().describe('there are more than 1000 ranges'),
          }),
        ),
      }),
    ),
    nextCursor: z.string().optional().describe('where the next page begins'),
  }),
);

const mediaIndex = named(
  'MediaIndex',
  z.strictObject({
    mediaFiles: count,
    inspected: count.describe('it is known whom these are for'),
    proved: count.describe('these have a content tree, too'),
    failing: count,
    givenUp: count,
    unknownRecordings: count.describe('nobody knows whom these are for: no certificate can be deleted before'),
    failures: z.array(
      z.strictObject({
        recording: z.string(),
        mediaFile: z.string(),
        missing: z.enum(['inspection', 'content-tree', 'given-up']),
        attempts: count,
        code: z.string(),
        reason: z.string(),
        nextStep: z.string(),
        nextAttempt: time,
      }),
    ),
  }),
);

const insertion: Operation = {
  summary: 'For recorders: insert the metadata of a recording',
  caller: 'user',
  body: insertRecordingSchema,
  answers: {
    200: json(inserted, 'It is there already, just as it was sent.'),
    201: json(inserted, 'It is inserted.'),
  },
  problems: [
    'RCS_RECORDING_EXISTS',
    'RCS_RECORDING_REMOVED',
    'RCS_MEDIA_LOCATION_REFUSED',
    'RCS_MEDIA_LOCATION_TAKEN',
    'RCS_STORAGE_INACTIVE',
    'RCS_CONTENT_CHANGED',
    'RCS_NOT_WITH_CASSANDRA',
    'RCS_VAULT_UNAVAILABLE',
    'RCS_TOKEN_UNAVAILABLE',
  ],
};

/** Metadata of recordings, and how far their stored files are looked at. */
export const recordings: FeatureOperations = {
  feature: 'Recordings',
  operations: {
    'GET /api/v2/recordings': {
      summary: 'Find recordings that the user may see',
      description: 'At least one criterion; all that are given must hold. Follow nextUri as long as there is one.',
      caller: 'user',
      query: searchRecordingsSchema,
      answers: { 200: json(recordingPage) },
    },
    'GET /api/v2/recordings/:id': {
      summary: 'Metadata of a recording, with the play URLs of its media files',
      caller: 'user',
      answers: { 200: json(recording) },
      problems: problemsOfRecordings,
    },
    'POST /internal-api/contact-centers/:contactCenter/recordings': insertion,
    'POST /api/contact-centers/:contactCenter/recordings': insertion,
    'GET /rcs/recordings/:id/listeners': {
      summary: 'Who listened to a recording, and to what of it',
      description:
        'From the audit, for those who may read it: the bytes that each listener got, and the seconds where the duration is known.',
      caller: 'user',
      query: listenersSchema,
      answers: { 200: json(listeners) },
      problems: ['RCS_RECORDING_NOT_FOUND'],
    },
    'GET /rcs/recordings/index-status': {
      summary: 'How many media files have been looked at, and which could not be',
      caller: 'certificate-administrator',
      answers: { 200: json(mediaIndex) },
    },
    'POST /rcs/recordings/index-status/retry': {
      summary: 'Look at once at what could not be looked at',
      caller: 'certificate-administrator',
      answers: { 200: json(mediaIndex) },
    },
    'POST /rcs/recordings/index-status/:recording/give-up': {
      summary: 'Take a recording for lost whose media files cannot be read',
      description: 'It holds no certificate any more; confirm is its id typed again.',
      caller: 'certificate-administrator',
      body: giveUpSchema,
      answers: { 200: json(mediaIndex) },
      problems: ['RCS_RECORDING_NOT_FOUND', 'RCS_CONFIRMATION_REQUIRED'],
    },
  },
};
