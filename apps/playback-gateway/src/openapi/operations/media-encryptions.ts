import { z } from 'zod';
import {
  finishEncryptionSchema,
  placesSchema,
  planEncryptionSchema,
} from '../../media-encryption/media-encryption.schema.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations } from '../operation.js';
import { time } from '../values.js';
import { problemsOfMedia } from './playback.js';

const place = z.strictObject({
  path: z.string(),
  state: z
    .enum(['plain', 'encrypted', 'unnamed', 'going', 'refused'])
    .describe(
      '`unnamed`: of no recording; `going`: about to be removed; `refused`: in no storage of the contact center',
    ),
  media: z
    .array(z.strictObject({ recordingId: z.string(), mediaId: z.string(), path: z.string() }))
    .optional()
    .describe('the media files that name it, where it is plain'),
});

/** Encryption of recordings that lie plain in a storage. */
export const mediaEncryptions: FeatureOperations = {
  feature: 'Encryption of plain recordings',
  operations: {
    'POST /rcs/media-encryptions/places': {
      summary: 'Which recordings name stored files, and which of these are plain',
      caller: 'user',
      body: placesSchema,
      answers: { 200: json(named('StoredPlaces', z.strictObject({ places: z.array(place) }))) },
      problems: ['RCS_NOT_WITH_CASSANDRA', 'RCS_OVERLOADED'],
    },
    'POST /rcs/media-encryptions': {
      summary: 'Ask where the encrypted file of a plain media file is to be stored',
      description:
        'Earlier plans for the media file end. What is stored there goes, unless a recording comes to name it.',
      caller: 'user',
      body: planEncryptionSchema,
      answers: { 201: json(named('PlannedEncryption', z.strictObject({ newPath: z.string(), until: time }))) },
      problems: ['RCS_NOT_WITH_CASSANDRA', 'RCS_MEDIA_NOT_PLAIN', 'RCS_MEDIA_LOCATION_TAKEN', ...problemsOfMedia],
    },
    'PUT /rcs/media-encryptions': {
      summary: 'Put the encrypted file in the place of the plain one',
      description:
        'It is opened first, as for a playback, and compared with the plain one to the last byte. The plain file goes ten seconds later.',
      caller: 'user',
      body: finishEncryptionSchema,
      answers: {
        200: json(named('FinishedEncryption', z.strictObject({ result: z.enum(['encrypted', 'unchanged']) }))),
      },
      problems: [
        'RCS_NOT_WITH_CASSANDRA',
        'RCS_MEDIA_NOT_PLAIN',
        'RCS_RECORDING_HELD',
        'RCS_ENCRYPTION_OVERTAKEN',
        'RCS_ENCRYPTION_PENDING',
        'RCS_PLAINTEXT_DIFFERS',
        ...problemsOfMedia,
      ],
    },
  },
};
