import { z } from 'zod';

const credential = z.string().max(1024);

/** The storage that a grant names, with its credentials: for this one worker, over the mutual TLS of the data plane. */
export const setStorageSchema = z.strictObject({
  url: z.string().min(1).max(4096),
  userName: credential.optional(),
  password: credential.optional(),
});

/** Where the grant names a storage. Workers of before refuse it. */
export const withSetStorage = { storage: setStorageSchema.optional() };

export type HandedStorage = z.output<typeof setStorageSchema>;
