import type { User } from '#store';

export type DemoPerson = Omit<User, 'passwordHash' | 'version' | 'enabled' | 'contactCenter'>;

/** Three people of a small contact center: one hears everything, one a team, one only their own calls. */
export const demoPeople: readonly DemoPerson[] = [
  {
    name: 'alice',
    roles: ['admin'],
    privileges: ['decrypt-recording', 'administer-certificates', 'administer-local-key-manager'],
    accessGroups: ['/'],
    partitions: [],
  },
  { name: 'bob', roles: ['supervisor'], privileges: ['decrypt-recording'], accessGroups: ['/sales'], partitions: [] },
  { name: 'carol', roles: ['agent'], privileges: [], accessGroups: [], partitions: [], agentHierarchy: '/sales/carol' },
];
