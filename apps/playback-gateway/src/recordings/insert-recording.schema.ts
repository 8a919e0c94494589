import { z } from 'zod';
import { isMediaType } from './media-type-syntax.js';
import { recordedContentTreeSchema } from './recorded-content-tree.js';

/** `yyyy-MM-ddTHH:mm:ss.SSS+0000`, as the neighbours write times. */
const time = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})$/,
    'must be like 2026-11-21T08:00:00.000+0000',
  )
  .refine(value => !Number.isNaN(Date.parse(value)), 'is a time that no calendar has');
const text = z.string().max(1024);
/** Ids become parts of URLs and file names. */
const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'must be 1 to 128 letters, digits, dots, hyphens or underscores');
const number = z.union([z.string().regex(/^\d{1,15}$/, 'must be a whole number'), z.int().min(0).transform(String)]);
const json = z.record(z.string().max(256), z.json());

interface Period {
  readonly startTime?: string | undefined;
  readonly stopTime?: string | undefined;
}

/** A recording that ends before it begins has no length, and no search by time finds it where it belongs. */
const inOrder = ({ value: { startTime, stopTime }, issues }: z.core.ParsePayload<Period>): void => {
  if (startTime === undefined || stopTime === undefined || Date.parse(startTime) <= Date.parse(stopTime)) return;
  const message = `must not be before startTime (${startTime})`;
  issues.push({ code: 'custom', path: ['stopTime'], message, input: stopTime });
};

const mediaFile = z
  .object({
    mediaId: z.string().regex(/^[^/\\\p{Cc}\p{Cs}]{1,255}$/u, 'must be 1 to 255 characters without slashes'),
    type: z.string().max(256).refine(isMediaType, 'must be a media type such as audio/mp3'),
    startTime: time.optional(),
    stopTime: time.optional(),
    callUUID: text.optional(),
    duration: number.optional(),
    size: number.optional(),
    tenant: text.optional(),
    ivrprofile: text.optional(),
    parameters: json.optional(),
    mediaDescriptor: z
      .object({ storage: z.string().min(1).max(64), path: z.string().min(1).max(4096) })
      .catchall(z.json()),
    pkcs7: z
      .string()
      .max(2_000_000)
      // Line ends go first: a pattern that allows for them would take quadratic time on a long run of blanks.
      .transform(value => value.replace(/\s+/g, ''))
      .pipe(z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64'))
      .optional(),
    certAlias: z.union([z.array(text).max(64), text.transform(alias => [alias])]).optional(),
    contentTree: recordedContentTreeSchema.optional(),
  })
  .catchall(z.json())
  .check(inOrder);

/** The body of an insertion: the recording resource, with what the recorder knows of each media file. */
export const insertRecordingSchema = z
  .object({
    id,
    region: text.min(1).optional(),
    callerPhoneNumber: text.optional(),
    dialedPhoneNumber: text.optional(),
    startTime: time.optional(),
    stopTime: time.optional(),
    mediaFiles: z.array(mediaFile).min(1).max(100),
    eventHistory: z.array(json).max(10_000).optional(),
  })
  .catchall(z.json())
  .check(inOrder);

export type InsertRecording = z.output<typeof insertRecordingSchema>;
export type InsertMediaFile = InsertRecording['mediaFiles'][number];
