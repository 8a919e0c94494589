import type { UserView } from '#accounts';

/** One line per user, for people. */
export function userTable(users: readonly UserView[]): string {
  return users.length === 0 ? 'no users' : users.map(userLine).join('\n');
}

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
