import { Controller, Delete, Get, HttpCode, Inject, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, User, UserStore } from '#store';
import { Authenticated } from './access-rule.js';
import { CurrentUser, userOf } from '../http/current-user.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { SessionService } from '../sessions/session.service.js';
import { sessionResource } from '../sessions/session-resource.js';
import type { ListedSession } from '../sessions/session.js';

/** The sessions of others, for administrators of their contact center: of all accounts that have the name there. */
@Controller('api/v2/users/:userName/sessions')
@Authenticated(requireAdministrator)
export class UserSessionController {
  constructor(
    private readonly sessions: SessionService,
    @Inject(storeTokens.users) private readonly users: UserStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @CurrentUser() administrator: User, @Param('userName') userName: string) {
    const current = this.sessions.of(request)?.key;
    const sessions = await this.sessionsFor(administrator, userName);
    return { statusCode: 0, sessions: sessions.map(session => sessionResource(session, current)) };
  }

  @Delete()
  @HttpCode(200)
  async endAll(@Req() request: FastifyRequest, @Param('userName') userName: string) {
    const sessions = await this.endWhere(request, userName, () => true);
    return { statusCode: 0, ended: sessions };
  }

  @Delete(':id')
  @HttpCode(200)
  async end(@Req() request: FastifyRequest, @Param('userName') userName: string, @Param('id') id: string) {
    const ended = await this.endWhere(request, userName, sessionId => sessionId === id);
    if (ended === 0) throw new RcsError('RCS_NOT_FOUND', 'the user has no such session');
    return { statusCode: 0 };
  }

  private async endWhere(request: FastifyRequest, userName: string, chosen: (id: string) => boolean): Promise<number> {
    const admin = userOf(request);
    const sessions = (await this.sessionsFor(admin, userName)).filter(({ id }) => chosen(id));
    for (const session of sessions) {
      await this.sessions.end(session);
      await this.audit.append({
        event: 'session-ended',
        outcome: 'done',
        user: admin.name,
        ...(admin.contactCenter === undefined ? {} : { contactCenter: admin.contactCenter }),
        address: request.ip,
        requestId: request.id,
        detail: `session ${session.id} of ${JSON.stringify(userName)}`,
      });
    }
    return sessions.length;
  }

  /** A user of another contact center does not exist for an administrator. */
  private async sessionsFor(admin: User, userName: string): Promise<readonly ListedSession[]> {
    const accounts = (await this.users.named(userName)).filter(
      user => admin.roles.includes('ops') || user.contactCenter === admin.contactCenter,
    );
    if (accounts.length === 0) {
      throw new RcsError('RCS_NOT_FOUND', `no user ${JSON.stringify(userName)} for this administrator`);
    }
    return (await Promise.all(accounts.map(account => this.sessions.list(account)))).flat();
  }
}

/** @throws RcsError RCS_INSUFFICIENT_ROLE */
function requireAdministrator({ roles }: User): void {
  if (roles.includes('admin') || roles.includes('ops')) return;
  throw new RcsError('RCS_INSUFFICIENT_ROLE', 'only administrators see sessions of others');
}
