import { z } from 'zod';
import { withSetStorage } from './set-storage.js';

/**
 * Where a worker writes a part of an archive into a storage, as it comes: the body is the length of the request (four bytes,
 * the highest first), the request, and then the part up to the end of the body. It is written under a name of its own, which
 * nobody takes for that of the part.
 */
export const archiveUploadPath = '/v1/archive-upload';
/** Where a worker gives a part that is written its name, removes one that is not, or reads one. */
export const archivePartPath = '/v1/archive-part';

/** Of the request before a part, bytes. */
export const maximumUploadRequestBytes = 256 * 1024;

/** Part of the name under which it is written: nobody else writes under it. */
const attempt = z.string().regex(/^[0-9a-f]{16}$/);
const granted = { grant: z.string(), ...withSetStorage };

/** With a grant for a part of an archive, which names the place of the part. */
export const archiveUploadRequestSchema = z.strictObject({ ...granted, attempt });
export const archiveUploadReplySchema = z.strictObject({ length: z.int().min(0) });

/** Likewise. */
export const archivePartRequestSchema = z.discriminatedUnion('act', [
  /** Again is as good as once. */
  z.strictObject({ ...granted, act: z.literal('publish'), attempt, length: z.int().min(0) }),
  z.strictObject({ ...granted, act: z.literal('discard'), attempt }),
  /** Bytes from `start` on and before `end` of a part of this length. */
  z.strictObject({
    ...granted,
    act: z.literal('read'),
    start: z.int().min(0),
    end: z.int().min(0),
    length: z.int().min(0),
  }),
]);
export const archivePartReplySchema = z.strictObject({ done: z.literal(true) });

export type ArchiveUploadRequest = Readonly<z.output<typeof archiveUploadRequestSchema>>;
export type ArchivePartRequest = Readonly<z.output<typeof archivePartRequestSchema>>;

/** The path under which a part is written. */
export const unfinishedPath = (path: string, attemptName: string): string => `${path}.${attemptName}.unfinished`;
