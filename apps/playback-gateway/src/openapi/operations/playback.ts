import { z } from 'zod';
import type { conditionFields } from '../../http/condition-fields.js';
import { downloadParameter } from '../../playback/playback-request.js';
import { peaksQuerySchema } from '../../peaks/peaks.schema.js';
import { ticketRequestSchema } from '../../tickets/ticket-request.js';
import { named } from '../named-schema.js';
import { json, type FeatureOperations, type Operation } from '../operation.js';
import { problemsOfRecordings } from '../problems-of-recordings.js';
import { problemsOfVaults } from '../problems-of-vaults.js';
import { count, succeeded } from '../values.js';

const playTicket = named(
  'PlayTicket',
  z.strictObject({
    statusCode: succeeded,
    id: z.string(),
    mediaId: z.string(),
    playUri: z.string(),
    playPath: z.string(),
    expires: z.string(),
  }),
);

const conditions: Record<(typeof conditionFields)[keyof typeof conditionFields], string> = {
  Range: 'A part of the media: bytes=0-1023 (RFC 9110 section 14.2). Several ranges are answered with the whole.',
  'If-Range': 'The ETag for which the range is meant.',
  'If-Match': 'ETags.',
  'If-None-Match': 'ETags.',
  'If-Modified-Since': 'A date.',
  'If-Unmodified-Since': 'A date.',
};
const mediaHeaders = {
  'Accept-Ranges': 'bytes',
  'Content-Disposition': 'A file name to store it under.',
  'Content-Length': 'Of what is sent.',
  ETag: 'Of the decrypted media.',
  'Rcs-Content-Proof': 'Whether the stored bytes are checked against a content tree: proved, or not proved.',
};
const withRange = { ...mediaHeaders, 'Content-Range': 'Which part of the media it is, and how long the whole is.' };
const media = { '*/*': 'bytes' } as const;

/** What may go wrong when media is played, or opened otherwise. */
export const problemsOfMedia: NonNullable<Operation['problems']> = [
  ...problemsOfVaults,
  ...problemsOfRecordings,
  'RCS_MEDIA_FILE_NOT_FOUND',
  'RCS_KEY_AMBIGUOUS',
  'RCS_KEY_DISABLED',
  'RCS_MEDIA_LOCATION_REFUSED',
  'RCS_CONTENT_CHANGED',
  'RCS_MEDIA_NOT_RECOGNISED',
  'RCS_MEDIA_DECLARED_ENCRYPTED',
  'RCS_ENVELOPE_CHANGED',
  'RCS_ENVELOPE_UNREADABLE',
  'RCS_MEDIA_UNDECRYPTABLE',
  'RCS_STORAGE_FILE_MISSING',
  'RCS_STORAGE_ACCESS_REFUSED',
  'RCS_STORAGE_FAILED',
  'RCS_STORAGE_UNREACHABLE',
  'RCS_STORAGE_CHANGED',
  'RCS_STORAGE_TIMEOUT',
  'RCS_WORKER_FAILED',
  'RCS_NO_WORKER',
  'RCS_TOO_MANY_REQUESTS',
  'RCS_SHUTTING_DOWN',
];

const conditional = {
  304: { description: 'What the client has is still it.', headers: mediaHeaders },
  412: { description: 'A condition of the request failed.', headers: mediaHeaders },
  416: { description: 'The range lies beyond the end.', headers: withRange },
};

const play: Operation = {
  summary: 'Play a media file, decrypted',
  caller: 'play-ticket',
  headers: conditions,
  query: z.object({
    [downloadParameter]: z
      .string()
      .optional()
      .describe('There at all: the answer is for storing (Content-Disposition: attachment).'),
  }),
  answers: {
    200: { description: 'The whole media file.', content: media, headers: mediaHeaders },
    206: { description: 'The range that was asked for.', content: media, headers: withRange },
    ...conditional,
  },
  problems: problemsOfMedia,
};

/** What a playback would answer, without the media. */
const head: Operation = {
  ...play,
  summary: 'What playing it would answer',
  answers: {
    200: { description: 'The media file can be played.', headers: mediaHeaders },
    206: { description: 'The range can be played.', headers: withRange },
    ...conditional,
  },
};

const drawnPeaks = named(
  'Peaks',
  z.strictObject({
    statusCode: succeeded,
    sampleRate: count,
    duration: z.number().describe('Seconds.'),
    buckets: count.describe('Of each channel: as many as were asked for, or as there are.'),
    peaks: z
      .array(z.array(z.number()))
      .describe('Of each channel the highest absolute sample of each bucket, or its lowest and highest by turns.'),
  }),
);

/** A wave form costs the player no media. */
const peaks: Operation = {
  summary: 'The wave form of a media file, per channel',
  caller: 'play-ticket',
  headers: { 'If-None-Match': 'ETags.' },
  query: peaksQuerySchema,
  answers: {
    200: { ...json(drawnPeaks), headers: { ETag: 'Of the wave form as it was asked for.' } },
    304: { description: 'What the client has is still it.', headers: { ETag: 'Of the wave form.' } },
  },
  problems: [...problemsOfMedia, 'RCS_PEAKS_UNSUPPORTED', 'RCS_PEAKS_UNDECODABLE', 'RCS_PEAKS_PENDING'],
};

/** Listening to recordings. The first of the two paths stands in mediaUri; some players use the second. */
export const playback: FeatureOperations = {
  feature: 'Playback',
  operations: {
    'GET /api/v2/recordings/:id/play/:leaf': play,
    'HEAD /api/v2/recordings/:id/play/:leaf': head,
    'GET /recordings/:id/play/:leaf': play,
    'HEAD /recordings/:id/play/:leaf': head,
    'GET /api/v2/recordings/:id/play/:leaf/peaks': peaks,
    'GET /recordings/:id/play/:leaf/peaks': peaks,
    'POST /api/v2/recordings/:id/play-tickets': {
      summary: 'A play URL for a player that can send neither credentials nor a cookie',
      caller: 'user',
      body: ticketRequestSchema.prefault({}),
      answers: { 201: json(playTicket) },
      problems: [...problemsOfRecordings, 'RCS_MEDIA_FILE_NOT_FOUND'],
    },
  },
};
