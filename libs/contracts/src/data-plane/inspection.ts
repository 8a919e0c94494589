import { z } from 'zod';
import { withSetStorage } from './set-storage.js';

/** Where a worker looks at a stored file whose layout nobody knows yet. */
export const inspectPath = '/v1/inspect';

const base64 = z.string().max(2_000_000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const inspectRequestSchema = z.strictObject({
  grant: z.string(),
  ...withSetStorage,
  /**
   * What the metadata says of the media file: an envelope of its own, only a certificate, or nothing of the kind. A gateway
   * that leaves it out is of an older version and gets an answer of the older form.
   */
  declared: z.enum(['pkcs7', 'certAlias', 'nothing']).optional(),
  /** Base64 of the envelope from the metadata, where that has one. */
  envelope: base64.optional(),
});

export type InspectRequest = z.output<typeof inspectRequestSchema>;
export type DeclaredProtection = NonNullable<InspectRequest['declared']>;

/** The stored file as the worker found it. */
const storedState = {
  /** Of the stored file, in bytes. */
  length: z.int().min(0),
  /** Without the mark of weakness, in its quotes. */
  entityTag: z.string().optional(),
  lastModified: z.iso.datetime().optional(),
};

const encrypted = {
  /** SHA-256 of the envelope. */
  envelopeDigest: sha256,
  /** Base64: whoever wants to know the recipients reads them from it. */
  envelope: base64,
};

export const inspectReplySchema = z.discriminatedUnion('layout', [
  z.strictObject({
    layout: z.literal('plain'),
    ...storedState,
    /** The format by its signature, such as mp3; absent where the storage says plainMedia: any and there is none. */
    format: z.string().optional(),
  }),
  z.strictObject({ layout: z.literal('attached'), ...storedState, ...encrypted }),
  z.strictObject({ layout: z.literal('detached'), ...storedState, ...encrypted }),
  z.strictObject({
    /** Neither plain nor encrypted as far as can be told: not played, and for good as long as the file is this one. */
    layout: z.literal('unrecognised'),
    ...storedState,
    /** What a player hears. */
    code: z.enum(['RCS_MEDIA_NOT_RECOGNISED', 'RCS_MEDIA_DECLARED_ENCRYPTED', 'RCS_ENVELOPE_UNREADABLE']),
    /** What was found, for the log of an administrator. */
    detail: z.string(),
  }),
]);

export type InspectReply = z.output<typeof inspectReplySchema>;

/** What a worker answers to a gateway of an older version. */
export type OlderInspectReply =
  { readonly layout: 'plain' } | { readonly layout: 'attached'; readonly envelopeDigest: string };
