import { Controller, Get } from '@nestjs/common';
import type { User } from '#store';
import { AuthenticatedOrRecorder } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';

/** Who am I: what clients ask first, for the CSRF token that comes with the answer. */
@Controller('api/v2/me')
@AuthenticatedOrRecorder()
export class MeController {
  @Get()
  get(@CurrentUser() { name, roles, privileges, contactCenter }: User) {
    return {
      statusCode: 0,
      user: { userName: name, roles, privileges, ...(contactCenter === undefined ? {} : { contactCenter }) },
    };
  }
}
