import type { ConfigurationServerSettings } from '#platform';
import { recordingPrivileges, type Privilege, type Role } from '#store';
import { PersonOptions } from './person-options.js';

/** What another system says of a user. */
export interface ExternalPerson {
  /** In the other system's own spelling, whatever was typed at login. */
  readonly userName: string;
  readonly roles: readonly Role[];
  readonly privileges: readonly Privilege[];
  readonly accessGroups: readonly string[];
  readonly partitions: readonly string[];
  readonly agentHierarchy?: string;
  readonly agentIds: readonly string[];
}

/** The attributes of an entry; names compare without case (RFC 4512 section 2.5). */
export type EntryValues = (attribute: string | undefined) => readonly string[];

/** The operations role belongs to this server's own configuration; no directory can give it. */
const grantableRoles: ReadonlySet<string> = new Set(['agent', 'supervisor', 'admin'] satisfies Role[]);

const privilegeNames: Readonly<Record<string, Privilege>> = {
  'decrypt-recording': 'decrypt-recording',
  'decrypt a recording': 'decrypt-recording',
  'administer-certificates': 'administer-certificates',
  'administration of recording certificates and keys': 'administer-certificates',
  'administer-local-key-manager': 'administer-local-key-manager',
  'administration of the local key manager': 'administer-local-key-manager',
  ...Object.fromEntries(recordingPrivileges.map(name => [name, name])),
};

/** The option of section `recording` that gives a privilege: `RECORDING_PERMISSION_ADD_LABEL` (Genesys Label API). */
const recordingPermission = (name: (typeof recordingPrivileges)[number]): string =>
  `RECORDING_PERMISSION_${name.toUpperCase().replaceAll('-', '_')}`;

/** Puts together what a person may: own attributes and options, and the union over all groups. */
export function personOf(
  userName: string,
  values: EntryValues,
  groups: readonly string[],
  { attributes, groupGrants }: ConfigurationServerSettings,
): ExternalPerson {
  const options = new PersonOptions(values(attributes.options));
  const listed = (attribute: string | undefined, section: string, name: string): string[] =>
    [...values(attribute), options.get(section, name) ?? ''].flatMap(splitList);
  const granted = groupGrants.filter(({ group }) => groups.some(name => name.toLowerCase() === group.toLowerCase()));
  const [agentHierarchy] = listed(attributes.agentHierarchy, 'recording', 'agent_hierarchy');
  return {
    userName,
    roles: rolesIn([...listed(attributes.roles, 'htcc', 'roles'), ...granted.flatMap(({ roles }) => roles)]),
    privileges: privilegesIn([
      ...listed(attributes.privileges, 'recording', 'privileges'),
      ...recordingPrivileges.filter(name => isOn(options.get('recording', recordingPermission(name)))),
      ...granted.flatMap(({ privileges }) => privileges),
    ]),
    accessGroups: unique(groups.filter(name => name.startsWith('/'))),
    partitions: unique(listed(attributes.partitions, 'recording', 'partitions')),
    agentIds: unique(values(attributes.agentIds)),
    ...(agentHierarchy === undefined ? {} : { agentHierarchy }),
  };
}

/** The known roles among names; the others mean nothing here. */
export function rolesIn(names: readonly string[]): readonly Role[] {
  return unique(names.map(name => name.toLowerCase())).filter((name): name is Role => grantableRoles.has(name));
}

/** The known privileges among names, in this server's wording or that of Genesys RCS. */
export function privilegesIn(names: readonly string[]): readonly Privilege[] {
  return unique(names.map(name => privilegeNames[name.toLowerCase()]).filter(name => name !== undefined));
}

/** As the Configuration Server writes switches. */
const isOn = (value: string | undefined): boolean => /^(true|yes|on|1)$/i.test(value ?? '');

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');

/** Sorted, so that the order of a directory's answer makes no change. */
export const unique = <T extends string>(values: readonly T[]): readonly T[] => [...new Set(values)].sort();
