import type { UserView } from '#accounts';
import { textTable } from '../terminal/text-table.js';

/** One row per user, for people. */
export function userTable(users: readonly UserView[]): string {
  if (users.length === 0) return 'no users';
  const header = [
    'Name',
    'State',
    'Source',
    'Contact center',
    'Roles',
    'Privileges',
    'Groups',
    'Partitions',
    'Hierarchy',
  ];
  return textTable(
    header,
    users.map(user => [
      user.userName,
      user.enabled ? 'enabled' : 'disabled',
      user.source,
      user.contactCenter ?? '',
      user.roles.join(','),
      user.privileges.join(','),
      user.accessGroups.join(','),
      user.partitions.join(','),
      user.agentHierarchy ?? '',
    ]),
  );
}

/** One user on one line. */
export function userLine(user: UserView): string {
  const { userName, enabled, contactCenter, roles, privileges, accessGroups, partitions, agentHierarchy, source } =
    user;
  const listed = (name: string, values: readonly string[] | undefined): string =>
    values === undefined || values.length === 0 ? '' : `${name} ${values.join(',')}`;
  return [
    userName,
    enabled ? '' : 'disabled',
    source === 'local' ? '' : source,
    listed('contact center', contactCenter === undefined ? [] : [contactCenter]),
    listed('roles', roles),
    listed('privileges', privileges),
    listed('groups', accessGroups),
    listed('partitions', partitions),
    listed('hierarchy', agentHierarchy === undefined ? [] : [agentHierarchy]),
  ]
    .filter(text => text !== '')
    .join('  ');
}
