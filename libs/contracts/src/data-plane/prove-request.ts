import { z } from 'zod';
import { withSetStorage } from './set-storage.js';

/** Where a worker opens media anew and answers what that proves, and nothing of what it says. */
export const provePath = '/v1/prove';

export const proveRequestSchema = z.strictObject({
  /** To play. */
  grant: z.string(),
  ...withSetStorage,
  /** As in a media request. */
  envelope: z.string().max(2_000_000).optional(),
  contentTree: z
    .string()
    .max(12 * 1024 * 1024)
    .optional(),
});

/** That the key was unwrapped, and the end of the media decrypted. */
export const proveReplySchema = z.strictObject({
  /** Of the plaintext, bytes. */
  length: z.int().min(0),
  /** Absent for plain media. */
  certificateAlias: z.string().optional(),
});

export type ProveRequest = z.output<typeof proveRequestSchema>;
export type ProveReply = z.output<typeof proveReplySchema>;
