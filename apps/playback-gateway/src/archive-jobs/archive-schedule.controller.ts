import { Controller, Delete, Get, HttpCode, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import { CurrentUser } from '../http/current-user.js';
import { ValidBody } from '../http/valid-input.js';
import { callerOf } from './archive-job.controller.js';
import { archiveScheduleSchema, type ArchiveScheduleInput } from './archive-job.schema.js';
import { ArchiveScheduleService } from './archive-schedule.service.js';

/** The archive that the administrator's own contact center has made once a day. */
@Controller('rcs/archive-schedule')
@Authenticated(administeredContactCenter)
export class ArchiveScheduleController {
  constructor(private readonly schedules: ArchiveScheduleService) {}

  @Get()
  get(@CurrentUser() user: User) {
    return this.schedules.get(administeredContactCenter(user));
  }

  @Put()
  put(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @ValidBody(archiveScheduleSchema) input: ArchiveScheduleInput,
  ) {
    return this.schedules.put(input, callerOf(request, user));
  }

  @Delete()
  @HttpCode(204)
  remove(@Req() request: FastifyRequest, @CurrentUser() user: User): Promise<void> {
    return this.schedules.remove(callerOf(request, user));
  }
}
