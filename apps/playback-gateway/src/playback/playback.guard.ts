import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import { AuthenticationGuard } from '../authentication/authentication.guard.js';
import { noteUser } from '../authentication/current-user.js';
import { ticketParameter, type PlayTicket } from '../tickets/play-ticket.js';
import { TicketAdmission } from '../tickets/ticket-admission.js';

const shownTicket = Symbol('shownTicket');
type RequestWithTicket = FastifyRequest & { [shownTicket]?: PlayTicket };

/** Lets players in by the ticket of the address, where there is one, else like everybody. */
@Injectable()
export class PlaybackGuard implements CanActivate {
  constructor(
    private readonly authentication: AuthenticationGuard,
    private readonly tickets: TicketAdmission,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<RequestWithTicket>();
    const shown = (request.query as Readonly<Record<string, unknown>>)[ticketParameter];
    if (shown === undefined) return this.authentication.canActivate(context);
    if (typeof shown !== 'string') throw new RcsError('RCS_TICKET_REFUSED', 'the address carries several tickets');
    const { user, ticket } = await this.tickets.admit(shown, request, http.getResponse<FastifyReply>());
    noteUser(user, request);
    request[shownTicket] = ticket;
    return true;
  }
}

/** The ticket that let the request in; undefined for credentials and sessions. */
export function ticketOf(request: RequestWithTicket): PlayTicket | undefined {
  return request[shownTicket];
}
