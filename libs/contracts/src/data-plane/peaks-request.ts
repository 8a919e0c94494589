import { z } from 'zod';
import { withSetStorage } from './set-storage.js';

/**
 * Where a worker makes the wave form of a media file, or opens one that was kept. That may take long: white space before the
 * JSON of the answer says that it is still at it, and a failure later than that stands in the answer.
 */
export const peaksPath = '/v1/peaks';

const base64 = z.string().max(2_000_000);

export const peaksRequestSchema = z.strictObject({
  /** To play. */
  grant: z.string(),
  ...withSetStorage,
  /** As in a media request. */
  envelope: base64.optional(),
  contentTree: z
    .string()
    .max(12 * 1024 * 1024)
    .optional(),
  /** Base64 of what an earlier answer had to keep. */
  kept: base64.optional(),
});

export const peaksReplySchema = z.union([
  z.strictObject({
    /** Of the media that it was made of. */
    entityTag: z.string(),
    sampleRate: z.int().min(1),
    /** Of each channel. */
    samples: z.int().min(1),
    samplesPerBucket: z.int().min(1),
    /** Of each channel base64 of its lowest and highest samples, 16 bits each, little-endian. */
    channels: z.array(base64).min(1).max(8),
    certificateAlias: z.string().optional(),
    /** Base64 of what is to be kept, sealed by a key that only the session key of the media gives; absent where `kept` did. */
    keep: base64.optional(),
  }),
  z.strictObject({ failure: z.strictObject({ code: z.string(), detail: z.string() }) }),
]);

export type PeaksRequest = z.output<typeof peaksRequestSchema>;
export type PeaksReply = z.output<typeof peaksReplySchema>;
export type MadePeaks = Exclude<PeaksReply, { readonly failure: object }>;
