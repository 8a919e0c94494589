import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { parseQuery, RcsError } from '#platform';
import type { AssignmentTarget, SettingStore, User } from '#store';
import { AuthenticatedOrRecorder } from '../access/access-rule.js';
import { mayAdministerCertificates } from '../access/certificate-administrator.js';
import { AssignmentService } from '../assignments/assignment.service.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { CurrentUser } from '../http/current-user.js';
import { askedTarget, recipientQuerySchema } from './recipient-query.js';
import { RecipientStreams } from './recipient-streams.js';
import { recipientsOf, recipientsTag } from './recipients.js';

/** Public keys for recorders: whom a new recording of a profile is to be encrypted for, checked at this moment. */
@Controller('rcs/contact-centers/:contactCenter/recipients')
@AuthenticatedOrRecorder()
export class RecipientController {
  constructor(
    private readonly assignments: AssignmentService,
    private readonly streams: RecipientStreams,
    @Inject(storeTokens.settings) private readonly settings: Pick<SettingStore, 'list'>,
  ) {}

  @Get()
  async get(
    @CurrentUser() user: User,
    @Param('contactCenter') contactCenter: string,
    @Query() query: unknown,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    requireRecorder(user, contactCenter);
    const target = await this.targetOf(contactCenter, query);
    const recipients = recipientsOf(await this.assignments.recipients(contactCenter, target));
    const tag = `"${recipientsTag(recipients)}"`;
    void reply.header('etag', tag);
    if (!names(known, tag)) return recipients;
    void reply.status(304);
    return undefined;
  }

  /** As they change. */
  @Get('events')
  async follow(
    @CurrentUser() user: User,
    @Param('contactCenter') contactCenter: string,
    @Query() query: unknown,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    requireRecorder(user, contactCenter);
    const target = await this.targetOf(contactCenter, query);
    await this.streams.open({ account: user.name, contactCenter, target, lastEventId }, reply);
  }

  private targetOf(contactCenter: string, query: unknown): Promise<AssignmentTarget> {
    return askedTarget(parseQuery(recipientQuerySchema, query), () => this.settings.list(contactCenter));
  }
}

/** The recorder, and administrators of the contact center itself. @throws RcsError RCS_INSUFFICIENT_PERMISSION */
function requireRecorder(user: User, contactCenter: string): void {
  const own = mayAdministerCertificates(user) && user.contactCenter === contactCenter;
  if (own || user.roles.includes('recorder')) return;
  throw new RcsError('RCS_INSUFFICIENT_PERMISSION', `${user.name} asked for recipients of ${contactCenter}`);
}

/** If-None-Match (RFC 9110, 13.1.2), which compares weakly. */
const names = (condition: string | undefined, tag: string): boolean =>
  condition?.split(',').some(one => ['*', tag].includes(one.trim().replace(/^W\//, ''))) ?? false;
