import type { DemoPerson } from '../demo-people.js';

const agent = (name: string, team: string): DemoPerson => ({
  name,
  roles: ['agent'],
  privileges: ['decrypt-recording'],
  accessGroups: [],
  partitions: [],
  agentHierarchy: `/${team}/${name}`,
});

/** Who works in the week of the demo, beside its first three people: a colleague of carol's, and a team with its supervisor. */
export const weekPeople: readonly DemoPerson[] = [
  agent('dave', 'sales'),
  agent('erin', 'support'),
  agent('frank', 'support'),
  {
    name: 'grace',
    roles: ['supervisor'],
    privileges: ['decrypt-recording', 'add-label', 'delete-label', 'apply-non-delete', 'unapply-non-delete'],
    accessGroups: ['/support'],
    partitions: [],
  },
];
