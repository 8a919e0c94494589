import { z } from 'zod';

export const ticketRequestSchema = z.strictObject({
  /** May be left out where the recording has one media file. */
  mediaId: z.string().min(1).max(1024).optional(),
  /** Whether the ticket works only from the address that asks for it. */
  bindToAddress: z.boolean().default(false),
  /** Seconds. */
  timeToLive: z.int().min(1).max(43_200).optional(),
});

export type TicketRequest = z.output<typeof ticketRequestSchema>;
