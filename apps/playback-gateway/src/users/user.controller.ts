import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  administratorOf,
  parseAccountChoice,
  parseNewUser,
  parsePasswordChange,
  parseUserChange,
  UserAdministration,
  userView,
  type ChangeOrigin,
  type UserView,
} from '#accounts';
import { RcsError } from '#platform';
import { Authenticated } from '../access/access-rule.js';
import { userOf } from '../http/current-user.js';
import { OwnPassword } from './own-password.js';

/** The users of a contact center, for its administrators; of all contact centers for operations accounts. */
@Controller('rcs/users')
@Authenticated()
export class UserController {
  constructor(
    private readonly administration: UserAdministration,
    private readonly ownPassword: OwnPassword,
  ) {}

  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Query('contactCenter') contactCenter?: string,
    @Query('accessGroup') accessGroup?: string,
  ): Promise<{ users: UserView[] }> {
    const users = await this.administration.list(administratorOf(userOf(request)), contactCenter);
    const members = accessGroup === undefined ? users : users.filter(user => user.accessGroups.includes(accessGroup));
    return { users: members.map(userView) };
  }

  @Get(':userName')
  async show(
    @Req() request: FastifyRequest,
    @Param('userName') userName: string,
    @Query() query: unknown,
  ): Promise<UserView> {
    const administrator = administratorOf(userOf(request));
    return userView(await this.administration.show(administrator, userName, parseAccountChoice(query)));
  }

  @Post()
  async add(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<UserView> {
    const administrator = administratorOf(userOf(request));
    const user = await this.administration.add(administrator, parseNewUser(body), originOf(request));
    void reply.header('location', `/rcs/users/${encodeURIComponent(user.name)}`);
    return userView(user);
  }

  /** Lists in the body replace those that are there; what is absent stays. */
  @Patch(':userName')
  async change(
    @Req() request: FastifyRequest,
    @Param('userName') userName: string,
    @Body() body: unknown,
    @Query() query: unknown,
  ): Promise<UserView> {
    const administrator = administratorOf(userOf(request));
    const [change, choice] = [parseUserChange(body), parseAccountChoice(query)];
    return userView(await this.administration.change(administrator, userName, change, originOf(request), choice));
  }

  /** Administrators set the password of others; everybody changes the own one, with the current one. */
  @Put(':userName/password')
  @HttpCode(204)
  async setPassword(
    @Req() request: FastifyRequest,
    @Param('userName') userName: string,
    @Body() body: unknown,
  ): Promise<void> {
    const user = userOf(request);
    const own = userName === user.name && !user.roles.includes('ops');
    const administrator = own ? undefined : administratorOf(user);
    const { password, currentPassword } = parsePasswordChange(body);
    if (administrator !== undefined) {
      await this.administration.setPassword(administrator, userName, password, originOf(request));
      return;
    }
    if (currentPassword === undefined) {
      throw new RcsError('RCS_MISSING_PARAMETER', undefined, { publicDetail: 'currentPassword' });
    }
    await this.ownPassword.prove(user, currentPassword, request.ip);
    await this.administration.changeOwnPassword(user, password, originOf(request));
  }

  @Delete(':userName')
  @HttpCode(204)
  async remove(
    @Req() request: FastifyRequest,
    @Param('userName') userName: string,
    @Query() query: unknown,
  ): Promise<void> {
    const administrator = administratorOf(userOf(request));
    await this.administration.remove(administrator, userName, originOf(request), parseAccountChoice(query));
  }
}

function originOf({ ip, id }: FastifyRequest): ChangeOrigin {
  return { address: ip, requestId: id };
}
