import { z } from 'zod';

/** Where a worker is told that a key may open nothing any more, or that a recording is gone: it ends what runs on it. */
export const forgetPath = '/v1/forget';

const contactCenter = z.string().min(1).max(1024);

export const forgottenKeySchema = z.strictObject({
  contactCenter,
  /** As the vault names the key; the alias of its certificate does as well. */
  keyIdentifier: z.string().min(1).max(1024),
});
export const forgottenRecordingSchema = z.strictObject({
  contactCenter,
  recording: z.string().min(1).max(1024),
  /** By an erasure: what freed memory has of it is overwritten as well. */
  erased: z.boolean().optional(),
});

/** Workers of before know keys only. */
export const forgetRequestSchema = z.union([forgottenKeySchema, forgottenRecordingSchema]);

export const forgetReplySchema = z.strictObject({
  /** How many sessions were ended. */
  sessions: z.int().min(0),
});

export type ForgottenRecording = z.output<typeof forgottenRecordingSchema>;
export type ForgetRequest = z.output<typeof forgetRequestSchema>;
export type ForgetReply = z.output<typeof forgetReplySchema>;
