import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthenticationGuard, userOf } from '../authentication/authentication.guard.js';

/** Who am I: what clients ask first. */
@Controller('api/v2/me')
@UseGuards(AuthenticationGuard)
export class MeController {
  @Get()
  get(@Req() request: FastifyRequest) {
    const { name, roles, privileges, contactCenter } = userOf(request);
    return {
      statusCode: 0,
      user: { userName: name, roles, privileges, ...(contactCenter === undefined ? {} : { contactCenter }) },
    };
  }
}
