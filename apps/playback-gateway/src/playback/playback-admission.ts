import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { inStep, RcsError } from '#platform';
import { setCurrentUser } from '../http/current-user.js';
import { UserAdmission } from '../access/user-admission.js';
import { ticketParameter, type PlayTicket } from '../tickets/play-ticket.js';
import { TicketAdmission } from '../tickets/ticket-admission.js';

const shownTicket = Symbol('shownTicket');
type RequestWithTicket = FastifyRequest & { [shownTicket]?: PlayTicket };

/** Lets players in by the ticket of the address, where there is one, else like everybody. */
@Injectable()
export class PlaybackAdmission {
  constructor(
    private readonly users: UserAdmission,
    private readonly tickets: TicketAdmission,
  ) {}

  async admit(request: RequestWithTicket, reply: FastifyReply): Promise<void> {
    await inStep(request.id, 'authentication', () => this.judge(request, reply));
  }

  private async judge(request: RequestWithTicket, reply: FastifyReply): Promise<void> {
    const shown = (request.query as Readonly<Record<string, unknown>>)[ticketParameter];
    if (shown === undefined) return this.users.admit(request, reply);
    if (typeof shown !== 'string') throw new RcsError('RCS_TICKET_REFUSED', 'the address carries several tickets');
    const { user, ticket } = await this.tickets.admit(shown, request, reply);
    setCurrentUser(user, request);
    request[shownTicket] = ticket;
  }
}

/** The ticket that let the request in; undefined for credentials and sessions. */
export function ticketOf(request: RequestWithTicket): PlayTicket | undefined {
  return request[shownTicket];
}
