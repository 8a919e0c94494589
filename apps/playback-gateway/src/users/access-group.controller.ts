import { Controller, Get } from '@nestjs/common';
import { accountAdministratorOf, UserAdministration } from '#accounts';
import { allPrivileges, type Privilege, type User } from '#store';
import { Authenticated } from '../access/access-rule.js';
import { CurrentUser } from '../http/current-user.js';

/** In the words of Genesys RCS, where it has some. */
const privilegeDescriptions: Readonly<Record<Privilege, string>> = {
  'administer-certificates': 'Administration of Recording Certificates and Keys',
  'administer-local-key-manager': 'Administration of the Local Key Manager',
  'decrypt-recording': 'Decrypt a Recording',
  'add-label-definition': 'Define labels',
  'delete-label-definition': 'Remove definitions of labels',
  'add-label': 'Put labels on recordings',
  'delete-label': 'Take labels off recordings',
  'apply-non-delete': 'Protect recordings from deletion',
  'unapply-non-delete': 'Remove the protection from deletion',
};

/** What can be given to users: roles and privileges, and the access groups and partitions that are in use. */
@Controller('rcs')
@Authenticated(accountAdministratorOf)
export class AccessGroupController {
  constructor(private readonly administration: UserAdministration) {}

  @Get('roles')
  roles() {
    return {
      roles: [
        { name: 'agent', description: 'Plays their own recordings' },
        { name: 'supervisor', description: 'Plays what access groups and partitions cover' },
        { name: 'admin', description: 'Sees every recording of the contact center and administers its users' },
        {
          name: 'ops',
          description: 'Operations account: administers users of all contact centers, gives what it has, plays nothing',
        },
      ],
      privileges: allPrivileges.map(name => ({ name, description: privilegeDescriptions[name] })),
    };
  }

  @Get('access-groups')
  async accessGroups(@CurrentUser() user: User) {
    const users = await this.administration.list(accountAdministratorOf(user));
    return {
      accessGroups: membersBy(users, member => member.accessGroups),
      partitions: membersBy(users, member => member.partitions),
    };
  }
}

function membersBy(
  users: readonly User[],
  pathsOf: (user: User) => readonly string[],
): { path: string; members: string[] }[] {
  const members = new Map<string, string[]>();
  for (const user of users) {
    for (const path of pathsOf(user)) members.set(path, [...new Set([...(members.get(path) ?? []), user.name])]);
  }
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, names]) => ({ path, members: names }));
}
