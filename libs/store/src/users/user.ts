import type { ExternalSource } from './account.js';

/**
 * `ops`: an operations account, which administers users of all contact centers and gives nothing that it has not.
 * `recorder`: the account of the configuration, which inserts recordings; nobody gives this role.
 */
export type Role = 'agent' | 'supervisor' | 'admin' | 'ops' | 'recorder';

/** What may be done with recordings besides hearing them; administrators of a contact center need none of them. */
export const recordingPrivileges = [
  'add-label-definition',
  'delete-label-definition',
  'add-label',
  'delete-label',
  'apply-non-delete',
  'unapply-non-delete',
] as const;

/**
 * `administer-certificates`: Administration of Recording Certificates and Keys. `administer-local-key-manager`:
 * Administration of the Local Key Manager. `decrypt-recording`: Decrypt a Recording. Each reaches no further than the
 * contact center of whoever has it.
 */
export const allPrivileges = [
  'administer-certificates',
  'administer-local-key-manager',
  'decrypt-recording',
  ...recordingPrivileges,
] as const;

export type Privilege = (typeof allPrivileges)[number];

/** A person or a service that may log in, and what it may do. */
export interface User {
  /** The login name, compared letter by letter; accounts of different systems may share one. */
  readonly name: string;
  /** argon2id as a PHC string; absent for users whose password another system checks. */
  readonly passwordHash?: string;
  readonly enabled: boolean;
  /** Absent for an operations account and the recorder, which belong to no contact center. */
  readonly contactCenter?: string;
  readonly roles: readonly Role[];
  readonly privileges: readonly Privilege[];
  /** Paths of the access groups, such as `/` or `/Anthony`. */
  readonly accessGroups: readonly string[];
  /** As in GRECORD_PARTITIONS, such as `/sales`. */
  readonly partitions: readonly string[];
  /** The person's own place in the hierarchy, such as `/Anthony/John`. */
  readonly agentHierarchy?: string;
  /** What recordings may call the person besides `name`, such as an employee id. */
  readonly agentIds?: readonly string[];
  /** Which system says what this user may do; absent where this server itself does. */
  readonly source?: ExternalSource;
  /** Grows with each change of any user and never repeats, so that `name` and `version` together may key a cache. */
  readonly version: number;
}

/** A user as it is written; the store chooses the version. */
export type UserContent = Omit<User, 'version'> & { readonly version?: number };
