import { Controller, Get, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { parseInput, RcsError } from '#platform';
import type { User } from '#store';
import { AuthenticatedOrRecorder } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { mayAdministerCertificates } from '../access/certificate-administrator.js';
import { AssignmentService } from './assignment.service.js';

export const recipientQuerySchema = z.union(
  [z.strictObject({ ivrProfile: z.string().min(1).max(255) }), z.strictObject({ screenRecording: z.literal('true') })],
  { error: 'name an ivrProfile, or say screenRecording=true' },
);

/** Public keys for recorders: whom a new recording of a profile is to be encrypted for, checked at this moment. */
@Controller('rcs/contact-centers/:contactCenter/recipients')
@AuthenticatedOrRecorder()
export class RecipientController {
  constructor(private readonly assignments: AssignmentService) {}

  @Get()
  async get(@CurrentUser() user: User, @Param('contactCenter') contactCenter: string, @Query() query: unknown) {
    const own = mayAdministerCertificates(user) && user.contactCenter === contactCenter;
    if (!own && !user.roles.includes('recorder')) {
      throw new RcsError('RCS_INSUFFICIENT_PERMISSION', `${user.name} asked for recipients of ${contactCenter}`);
    }
    const asked = parseInput(recipientQuerySchema, query);
    const certificates = await this.assignments.recipients(
      contactCenter,
      'ivrProfile' in asked ? { kind: 'ivr-profile', name: asked.ivrProfile } : { kind: 'screen-recording' },
    );
    return { encrypted: certificates.length > 0, certificates };
  }
}
