import { z } from 'zod';
import { RcsError } from '#platform';

export const ticketRequestSchema = z.strictObject({
  /** May be left out where the recording has one media file. */
  mediaId: z.string().min(1).max(1024).optional(),
  /** Whether the ticket works only from the address that asks for it. */
  bindToAddress: z.boolean().default(false),
  /** Seconds. */
  timeToLive: z.int().min(1).max(3600).optional(),
});

export type TicketRequest = z.output<typeof ticketRequestSchema>;

/** @throws RcsError RCS_INVALID_VALUE naming the field that is wrong. */
export function parseTicketRequest(body: unknown): TicketRequest {
  const parsed = ticketRequestSchema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  const publicDetail = `${field === '' ? 'the body' : field}: ${issue?.message ?? 'not valid'}`;
  throw new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail });
}
