import { z } from 'zod';
import { withSetStorage } from './set-storage.js';

/** Where a worker sees whether a storage answers, with its credentials, and whom it trusts for it. */
export const storageProbePath = '/v1/storage-probe';

/** With a grant to probe a storage. */
export const storageProbeRequestSchema = z.strictObject({ grant: z.string(), ...withSetStorage });

export const storageProblems = [
  'unreachable',
  'untrusted',
  'too-slow',
  'credentials-refused',
  'folder-missing',
  'failing',
] as const;

export const storageProbeReplySchema = z.strictObject({
  /** Whether it answered at all. */
  reachable: z.boolean(),
  /** `unknown` where it did not get so far. */
  credentials: z.enum(['accepted', 'refused', 'unknown']),
  /** `none` over plain HTTP and for directories, `not-checked` where the configuration says so. */
  tls: z.enum(['trusted', 'untrusted', 'not-checked', 'none', 'unknown']),
  /** Absent where recordings can be read. */
  problem: z.enum(storageProblems).optional(),
});

export type StorageProbeRequest = z.output<typeof storageProbeRequestSchema>;
export type StorageProbeReply = z.output<typeof storageProbeReplySchema>;
