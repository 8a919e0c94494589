import { z } from 'zod';

const recordingId = z.string().min(1).max(256);
const receiver = z.string().min(1).max(8192);

export const handOverPageSchema = z
  .object({
    state: z.enum(['given-up', 'waiting']).default('given-up'),
    afterRecording: recordingId.optional().describe('recordingId of the last one of the page before'),
    afterReceiver: receiver.optional().describe('its receiver'),
    limit: z.coerce.number().int().min(1).max(100).default(100),
  })
  .refine(({ afterRecording, afterReceiver }) => (afterRecording === undefined) === (afterReceiver === undefined), {
    error: 'afterRecording and afterReceiver belong together',
  });
export type HandOverPage = z.output<typeof handOverPageSchema>;

export const handOverOperationSchema = z.strictObject({
  operationName: z.enum(['retry', 'discard']),
  recordingId,
  receiver,
});
export type HandOverOperation = z.output<typeof handOverOperationSchema>;
