import { z } from 'zod';

/** Where a worker is told that a key may open nothing any more: it ends the sessions and the streams that run on it. */
export const forgetPath = '/v1/forget';

export const forgetRequestSchema = z.strictObject({
  contactCenter: z.string().min(1).max(1024),
  /** As the vault names the key; the alias of its certificate does as well. */
  keyIdentifier: z.string().min(1).max(1024),
});

export const forgetReplySchema = z.strictObject({
  /** How many sessions were ended. */
  sessions: z.int().min(0),
});

export type ForgetRequest = z.output<typeof forgetRequestSchema>;
export type ForgetReply = z.output<typeof forgetReplySchema>;
