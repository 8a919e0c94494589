import { Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import type { ArchiveCaller } from '../archive/archive.service.js';
import { auditedRequest } from '../http/audited-user.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody, ValidQuery } from '../http/valid-input.js';
import { archiveJobSchema, partsQuerySchema, type ArchiveJobInput } from './archive-job.schema.js';
import { ArchiveJobService } from './archive-job.service.js';

/** Who asks, for the audit and for what is made. */
export const callerOf = (request: FastifyRequest, user: User): ArchiveCaller => ({
  user,
  contactCenter: administeredContactCenter(user),
  audited: auditedRequest(request, user),
  address: request.ip,
  requestId: request.id,
});

/** Archives that are made here, into a storage of the contact center. */
@Controller('rcs/archive-jobs')
@Authenticated(administeredContactCenter)
export class ArchiveJobController {
  constructor(private readonly jobs: ArchiveJobService) {}

  @Post()
  @HttpCode(202)
  async create(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() user: User,
    @ValidBody(archiveJobSchema) input: ArchiveJobInput,
  ) {
    const job = await this.jobs.create(input, callerOf(request, user));
    void reply.header('location', `/rcs/archive-jobs/${job.id}`);
    return job;
  }

  @Get()
  async list(@CurrentUser() user: User) {
    return { jobs: await this.jobs.list(administeredContactCenter(user)) };
  }

  @Get(':id')
  get(
    @CurrentUser() user: User,
    @Param('id') id: string,
    @ValidQuery(partsQuerySchema) { after }: z.output<typeof partsQuerySchema>,
  ) {
    return this.jobs.get(administeredContactCenter(user), id, after);
  }

  @Post(':id/pause')
  @HttpCode(200)
  pause(@Req() request: FastifyRequest, @CurrentUser() user: User, @Param('id') id: string) {
    return this.jobs.setState('paused', id, callerOf(request, user));
  }

  @Post(':id/resume')
  @HttpCode(200)
  resume(@Req() request: FastifyRequest, @CurrentUser() user: User, @Param('id') id: string) {
    return this.jobs.setState('running', id, callerOf(request, user));
  }

  /** Parts that are whole stay where they are. */
  @Delete(':id')
  cancel(@Req() request: FastifyRequest, @CurrentUser() user: User, @Param('id') id: string) {
    return this.jobs.setState('cancelled', id, callerOf(request, user));
  }
}
