import { Controller, Get } from '@nestjs/common';
import { accountAdministratorOf } from '#accounts';
import type { User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { SystemStateService, type SystemState } from './system-state.service.js';

/** Whether vaults, tokens and workers are there, for administrators; how much they have to do, for operations accounts. */
@Controller('rcs/system')
@Authenticated(accountAdministratorOf)
export class SystemStateController {
  constructor(private readonly state: SystemStateService) {}

  @Get()
  get(@CurrentUser() { roles }: User): Promise<SystemState> {
    return this.state.look(roles.includes('ops'));
  }
}
