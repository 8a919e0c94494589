import { Module } from '@nestjs/common';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { AuthorisationModule } from '../authorisation/authorisation.module.js';
import { HttpModule } from '../http/http.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { PlayTicketController } from './play-ticket.controller.js';
import { PlayTicketIssuer } from './play-ticket-issuer.js';
import { TicketAdmission } from './ticket-admission.js';
import { TicketsInUse } from './tickets-in-use.js';

/** Play URLs for players that can send neither credentials nor a cookie. */
@Module({
  imports: [AuthenticationModule, AuthorisationModule, HttpModule, RedisModule, SessionsModule],
  controllers: [PlayTicketController],
  providers: [PlayTicketIssuer, TicketAdmission, TicketsInUse],
  exports: [TicketAdmission],
})
export class TicketsModule {}
