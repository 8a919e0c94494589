import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, User } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { checkOriginFor } from '../cors/cross-origin.hook.js';
import type { PlayTicket } from './play-ticket.js';
import { PlayTicketIssuer } from './play-ticket-issuer.js';

export interface AdmittedByTicket {
  readonly user: User;
  readonly ticket: PlayTicket;
}

/** Lets a playback in by the ticket in its address. */
@Injectable()
export class TicketAdmission {
  constructor(
    private readonly issuer: PlayTicketIssuer,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  /** @throws RcsError RCS_TICKET_REFUSED; a genuine ticket that was refused is in the audit, forgeries are in the log. */
  async admit(text: string, request: FastifyRequest, reply: FastifyReply): Promise<AdmittedByTicket> {
    const ticket = this.issuer.read(text);
    const { id, leaf } = request.params as { readonly id: string; readonly leaf: string };
    try {
      const user = await this.issuer.redeem(ticket, { recording: id, leaf, address: request.ip });
      checkOriginFor(user, request, reply);
      // `<audio>` on another site asks without CORS; the ticket is the permission.
      void reply.header('cross-origin-resource-policy', 'cross-origin');
      return { user, ticket };
    } catch (error) {
      if (error instanceof RcsError && error.code === 'RCS_TICKET_REFUSED')
        await this.recordRefusal(ticket, id, request, error);
      throw error;
    }
  }

  private async recordRefusal(ticket: PlayTicket, recording: string, { ip, id }: FastifyRequest, error: RcsError) {
    await this.audit.append({
      event: 'playback-refused',
      outcome: 'refused',
      user: ticket.account.userName,
      address: ip,
      recording,
      requestId: id,
      detail: `play ticket ${ticket.jti}: ${error.message}`,
    });
  }
}
