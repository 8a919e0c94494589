import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CertificateAdministrators } from '../access/access-rule.js';
import { administratorOf } from '../access/certificate-administrator.js';
import { parseInput } from '../http/request-input.js';
import { aliasSchema } from '../certificates/upload/certificate-input.js';
import { RewrapService } from './rewrap.service.js';

export const rewrapSchema = z.strictObject({ to: aliasSchema, mode: z.enum(['add', 'replace']).default('add') });

/** Runs from one certificate. */
@Controller('rcs/certificates/:alias/rewrap')
@CertificateAdministrators()
export class CertificateRewrapController {
  constructor(private readonly rewraps: RewrapService) {}

  @Post()
  @HttpCode(202)
  async start(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('alias') alias: string,
    @Body() body: unknown,
  ) {
    const { to, mode } = parseInput(rewrapSchema, body);
    const run = await this.rewraps.start(administratorOf(request), alias, to, mode);
    void reply.header('location', `/rcs/rewraps/${run.id}`);
    return run;
  }

  @Get()
  async all(@Req() request: FastifyRequest, @Param('alias') alias: string) {
    return { rewraps: await this.rewraps.all(administratorOf(request).contactCenter, alias) };
  }
}

/** All runs of the contact center. */
@Controller('rcs/rewraps')
@CertificateAdministrators()
export class RewrapController {
  constructor(private readonly rewraps: RewrapService) {}

  @Get()
  async all(@Req() request: FastifyRequest) {
    return { rewraps: await this.rewraps.all(administratorOf(request).contactCenter) };
  }

  @Get(':id')
  get(@Req() request: FastifyRequest, @Param('id') id: string) {
    return this.rewraps.get(administratorOf(request).contactCenter, id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  pause(@Req() request: FastifyRequest, @Param('id') id: string) {
    return this.rewraps.setState(administratorOf(request), id, 'paused');
  }

  @Post(':id/resume')
  @HttpCode(200)
  resume(@Req() request: FastifyRequest, @Param('id') id: string) {
    return this.rewraps.setState(administratorOf(request), id, 'running');
  }
}
