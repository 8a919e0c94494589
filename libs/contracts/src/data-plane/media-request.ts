import { z } from 'zod';
import { withSetStorage } from './set-storage.js';

/** Where a worker takes media requests: POST, because an envelope may be longer than any header may be. */
export const mediaPath = '/v1/media';

/**
 * The Content-Length that the player is told: of what a HEAD asks about, or of the whole body of which this answer is a
 * part. The Content-Length between worker and gateway is that of this answer alone.
 */
export const representationLengthHeader = 'rcs-representation-length';
/** Alias of the certificate whose key opened the recording, percent-encoded. */
export const certificateAliasHeader = 'rcs-certificate-alias';

/** The leaves of a file of 16 GiB. */
const maximumContentTreeDigits = 12 * 1024 * 1024;

/**
 * In the answer RCS_CONTENT_TREE_NEEDED: which parts of the tree the worker needs beside those it has, or `all`. Without it
 * the worker has none. Workers of before never say it.
 */
export const neededPartsHeader = 'rcs-content-tree-parts';
/** At most so many parts are sent at once: of 1 GiB. Who needs more needs the tree. */
export const maximumContentTreeParts = 64;

export const contentTreePartsSchema = z.strictObject({
  /** Base64 of the roots of all parts. */
  roots: z.string().max(64 * 1024),
  parts: z
    .array(
      z.strictObject({
        /** Counted from 0. */
        part: z.int().min(0),
        /** Base64. */
        leaves: z.string().max(16 * 1024),
      }),
    )
    .max(maximumContentTreeParts),
});

/** Leaves of some parts of a content tree, each of 256 leaves, and what proves them by its root. */
export type ContentTreePartsMessage = Readonly<z.output<typeof contentTreePartsSchema>>;

const headerValue = z.string().max(4096).optional();

export const mediaRequestSchema = z.strictObject({
  grant: z.string(),
  ...withSetStorage,
  /** Base64 of a detached envelope: CMS in DER or BER, or the JSON of another writer. */
  envelope: z.string().max(2_000_000).optional(),
  /**
   * Base64 of the leaves of the content tree whose root the grant names. A worker that knows them needs none; one that does
   * not answers RCS_CONTENT_TREE_NEEDED.
   */
  contentTree: z.string().max(maximumContentTreeDigits).optional(),
  /** In place of the whole tree; for workers that say in their registration that they take it. */
  contentTreeParts: contentTreePartsSchema.optional(),
  method: z.enum(['GET', 'HEAD']),
  /** Request header fields of RFC 9110 as the player sent them. */
  range: headerValue,
  ifRange: headerValue,
  ifMatch: headerValue,
  ifNoneMatch: headerValue,
  ifModifiedSince: headerValue,
  ifUnmodifiedSince: headerValue,
  /** Media type of the plaintext, needed inside a multipart/byteranges body. */
  contentType: z.string().max(256),
  /** Continues a body that was begun before: its entity tag, and how many of its bytes were sent already. */
  resume: z.strictObject({ entityTag: z.string().max(256), offset: z.int().min(0) }).optional(),
  /**
   * How many bytes of the body are wanted now; the rest may be asked for later, or never. A worker sends more where hardly
   * more is left, and where the media are proved only as a whole. Without it everything is wanted.
   */
  window: z.int().min(1).optional(),
});

export type MediaRequest = Readonly<z.output<typeof mediaRequestSchema>>;

/** The value of `neededPartsHeader`. */
export const neededPartsText = (parts: readonly number[] | 'all'): string =>
  parts === 'all' ? 'all' : parts.join(',');

/** What a worker said that it needs; undefined for a header that is none. */
export function neededPartsOf(text: string | undefined): readonly number[] | 'all' | undefined {
  if (text === 'all') return 'all';
  return text !== undefined && /^\d{1,6}(?:,\d{1,6})*$/.test(text) ? text.split(',').map(Number) : undefined;
}
