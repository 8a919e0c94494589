import { Controller, Get, Inject, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RcsError } from '#platform';
import type { AuditLog, RetentionRule, RetentionStore, User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody } from '../http/valid-input.js';
import { ExpiredRecordings } from './expired-recordings.js';
import { retentionSchema, type Retention } from './retention.schema.js';

/** What is counted at most: beyond, it is said that there are more. */
const counted = 10_000;
const shown = 100;

/** How long the recordings of the administrator's own contact center are kept. */
@Controller('rcs/retention')
@Authenticated(administeredContactCenter)
export class RetentionController {
  constructor(
    @Inject(storeTokens.retention) private readonly retention: RetentionStore,
    @Inject(storeTokens.audit) private readonly audit: AuditLog,
    private readonly expired: ExpiredRecordings,
  ) {}

  @Get()
  async get(@CurrentUser() user: User) {
    return { rules: await this.retention.rulesOf(administeredContactCenter(user)) };
  }

  /** What the rules of now remove, if it is not gone yet. */
  @Get('expired')
  async list(@CurrentUser() user: User) {
    const contactCenter = administeredContactCenter(user);
    return this.count(contactCenter, await this.retention.rulesOf(contactCenter));
  }

  /** Rules that remove something at once have to be confirmed with how much. */
  @Put()
  async put(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidBody(retentionSchema) { rules: asked, confirm }: Retention,
  ) {
    const contactCenter = administeredContactCenter(user);
    const rules = asked.map(ruleOf);
    const { count, more } = await this.count(contactCenter, rules);
    const expected = `${count}${more === true ? '+' : ''}`;
    if (count > 0 && confirm !== expected) {
      throw new RcsError('RCS_CONFIRMATION_REQUIRED', undefined, {
        publicDetail: `these rules remove ${count} recordings${more === true ? ' and more' : ''} at once: say so with "confirm": "${expected}"`,
      });
    }
    await this.audit.append({
      event: 'retention-changed',
      outcome: 'allowed',
      ...auditedRequest(request, user),
      detail: JSON.stringify(rules),
    });
    await this.retention.putRules(contactCenter, rules);
    return { rules };
  }

  private async count(contactCenter: string, rules: readonly RetentionRule[]) {
    const recordings: string[] = [];
    let count = 0;
    const now = await this.retention.notAhead(Date.now());
    for await (const page of this.expired.pages(contactCenter, rules, now)) {
      recordings.push(...page.slice(0, shown - recordings.length).map(({ id }) => id));
      count += page.length;
      if (count > counted) return { count: counted, recordings, more: true as const };
    }
    return { count, recordings };
  }
}

const ruleOf = ({ ivrProfile, label, days }: Retention['rules'][number]): RetentionRule => ({
  ...(ivrProfile === undefined ? {} : { ivrProfile }),
  ...(label === undefined ? {} : { label }),
  days,
});
