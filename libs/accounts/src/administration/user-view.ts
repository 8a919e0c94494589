import type { User } from '#store';

/** A user as administrators see it: everything but the password hash. */
export interface UserView {
  readonly userName: string;
  readonly enabled: boolean;
  readonly contactCenter?: string;
  readonly roles: User['roles'];
  readonly privileges: User['privileges'];
  readonly accessGroups: readonly string[];
  readonly partitions: readonly string[];
  readonly agentHierarchy?: string;
  readonly agentIds?: readonly string[];
  /** Which system checks the password and says what the user may do. */
  readonly source: 'local' | NonNullable<User['source']>;
}

export function userView(user: User): UserView {
  const { name, enabled, contactCenter, roles, privileges, accessGroups, partitions, agentHierarchy, agentIds } = user;
  return {
    userName: name,
    enabled,
    ...(contactCenter === undefined ? {} : { contactCenter }),
    roles,
    privileges,
    accessGroups,
    partitions,
    ...(agentHierarchy === undefined ? {} : { agentHierarchy }),
    ...(agentIds === undefined ? {} : { agentIds }),
    source: user.source ?? 'local',
  };
}
