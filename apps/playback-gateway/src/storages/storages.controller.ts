import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { administeredContactCenter } from '../access/contact-center-administrator.js';
import { CurrentUser } from '../http/current-user.js';
import { StorageStatesService, type StorageStates } from './storage-states.service.js';

/** Whether the storages of the administrator's own contact center can be read from. Nothing of their credentials leaves. */
@Controller('rcs/storages')
@Authenticated(administeredContactCenter)
export class StoragesController {
  constructor(private readonly states: StorageStatesService) {}

  @Get()
  list(@CurrentUser() user: User, @Req() { id }: FastifyRequest): Promise<StorageStates> {
    return this.states.look(administeredContactCenter(user), { userName: user.name, requestId: id });
  }
}
