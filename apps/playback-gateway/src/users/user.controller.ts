import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  accountChoiceSchema,
  accountAdministratorOf,
  newUserSchema,
  passwordChangeSchema,
  UserAdministration,
  userChangeSchema,
  userView,
  type AccountChoice,
  type RequestOrigin,
  type NewUser,
  type UserChange,
  type UserView,
} from '#accounts';
import { parseInput, RcsError } from '#platform';
import type { User } from '#store';
import { ValidBody, ValidQuery } from '../http/valid-input.js';
import { Authenticated } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';
import { OwnPassword } from './own-password.js';

/** The users of a contact center, for its administrators; of all contact centers for operations accounts. */
@Controller('rcs/users')
@Authenticated(accountAdministratorOf)
export class UserController {
  constructor(
    private readonly administration: UserAdministration,
    private readonly ownPassword: OwnPassword,
  ) {}

  @Get()
  async list(
    @CurrentUser() user: User,
    @Query('contactCenter') contactCenter?: string,
    @Query('accessGroup') accessGroup?: string,
  ): Promise<{ users: UserView[] }> {
    const users = await this.administration.list(accountAdministratorOf(user), contactCenter);
    const members = accessGroup === undefined ? users : users.filter(user => user.accessGroups.includes(accessGroup));
    return { users: members.map(userView) };
  }

  @Get(':userName')
  async show(
    @CurrentUser() user: User,
    @Param('userName') userName: string,
    @ValidQuery(accountChoiceSchema) choice: AccountChoice,
  ): Promise<UserView> {
    return userView(await this.administration.show(accountAdministratorOf(user), userName, choice));
  }

  @Post()
  async add(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() user: User,
    @ValidBody(newUserSchema) newUser: NewUser,
  ): Promise<UserView> {
    const added = await this.administration.add(accountAdministratorOf(user), newUser, requestOriginOf(request));
    void reply.header('location', `/rcs/users/${encodeURIComponent(added.name)}`);
    return userView(added);
  }

  /** Lists in the body replace those that are there; what is absent stays. */
  @Patch(':userName')
  async change(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('userName') userName: string,
    @ValidBody(userChangeSchema) change: UserChange,
    @ValidQuery(accountChoiceSchema) choice: AccountChoice,
  ): Promise<UserView> {
    const origin = requestOriginOf(request);
    return userView(await this.administration.change(accountAdministratorOf(user), userName, change, origin, choice));
  }

  /** Administrators set the password of others; users change their own, with the current one. */
  @Put(':userName/password')
  @Authenticated()
  @HttpCode(204)
  async setPassword(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('userName') userName: string,
    @Body() body: unknown,
  ): Promise<void> {
    const own = userName === user.name;
    const administrator = own ? undefined : accountAdministratorOf(user);
    const { password, currentPassword } = parseInput(passwordChangeSchema, body);
    if (administrator !== undefined) {
      await this.administration.setPassword(administrator, userName, password, requestOriginOf(request));
      return;
    }
    if (currentPassword === undefined) {
      throw new RcsError('RCS_MISSING_PARAMETER', undefined, { publicDetail: 'currentPassword' });
    }
    await this.ownPassword.prove(user, currentPassword, request.ip);
    await this.administration.changeOwnPassword(user, password, requestOriginOf(request));
  }

  @Delete(':userName')
  @HttpCode(204)
  async remove(
    @Req() request: FastifyRequest,
    @CurrentUser() user: User,
    @Param('userName') userName: string,
    @ValidQuery(accountChoiceSchema) choice: AccountChoice,
  ): Promise<void> {
    await this.administration.remove(accountAdministratorOf(user), userName, requestOriginOf(request), choice);
  }
}

function requestOriginOf({ ip, id }: FastifyRequest): RequestOrigin {
  return { address: ip, requestId: id };
}
