import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Authenticated } from '../access/access-rule.js';
import { userOf } from '../http/current-user.js';

/** Who am I: what clients ask first. */
@Controller('api/v2/me')
@Authenticated()
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
