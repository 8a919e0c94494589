import { z } from 'zod';
import { StatementVerifier, type Authorities } from '#grants';

export const playTicketType = 'rcs-play-ticket+jws';
/** The query parameter of a play URL that carries a ticket. */
export const ticketParameter = 'ticket';

const text = z.string().min(1).max(1024);

/** The payload of a play ticket; unknown members are refused. Times in seconds since the epoch (RFC 7519). */
export const playTicketSchema = z.strictObject({
  jti: text,
  iat: z.int(),
  exp: z.int(),
  /** The account that listens. */
  account: z.strictObject({
    userName: text,
    source: z.enum(['configuration-server', 'openid']).optional(),
    contactCenter: text.optional(),
  }),
  recording: text,
  /** Last segment of the play path: the media file. */
  leaf: text,
  /** Changes with the user's credentials; of no use for anything else. */
  credential: text,
  /** Reference of the session it was asked for in; it ends with that session. */
  session: text.optional(),
  /** The only address it works from. */
  address: text.optional(),
});

/** Lets whoever holds it play one media file as one user for a short time. */
export type PlayTicket = Readonly<z.output<typeof playTicketSchema>>;

/** Judges tickets by the internal authority: those of every gateway are good. */
export const playTicketVerifier = (authorities: Authorities): StatementVerifier =>
  new StatementVerifier(authorities, 'playback-gateway', playTicketType);
