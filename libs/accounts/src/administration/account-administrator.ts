import { RcsError } from '#platform';
import { accountId, type Privilege, type User } from '#store';

/** Who changes users, and how far that reaches. */
export interface AccountAdministrator {
  readonly name: string;
  /** Id of their own account; absent for somebody who is in no store. */
  readonly account?: string;
  /** Users of this contact center alone; undefined for those of all. */
  readonly contactCenter?: string;
  /** What may be given to others; nobody gives a right that they do not have. */
  readonly privileges: readonly Privilege[];
  /** Whether operations accounts may be made and changed. */
  readonly mayAdministerOps: boolean;
}

const allPrivileges: readonly Privilege[] = [
  'administer-certificates',
  'administer-local-key-manager',
  'decrypt-recording',
];

/** Somebody with access to the server itself; who may do everything. */
export function operator(name: string): AccountAdministrator {
  return { name, privileges: allPrivileges, mayAdministerOps: true };
}

/**
 * A user as administrator: the operations accounts of all, admins of their own contact center.
 * @throws RcsError RCS_INSUFFICIENT_ROLE for everybody else.
 */
export function accountAdministratorOf(user: User): AccountAdministrator {
  if (user.enabled && user.roles.includes('ops')) return { ...operator(user.name), account: accountId(user) };
  if (!user.enabled || !user.roles.includes('admin') || user.contactCenter === undefined) {
    throw new RcsError('RCS_INSUFFICIENT_ROLE', `${JSON.stringify(user.name)} administers no users`);
  }
  return {
    name: user.name,
    account: accountId(user),
    contactCenter: user.contactCenter,
    privileges: user.privileges,
    mayAdministerOps: false,
  };
}

/** Whether the user exists for this administrator. */
export function sees(administrator: AccountAdministrator, user: User): boolean {
  if (administrator.contactCenter === undefined) return true;
  return user.contactCenter === administrator.contactCenter && !user.roles.includes('ops');
}

/**
 * Whoever can set a password or the rights of a user can act as that user, so that user must not be able to do more.
 * @throws RcsError RCS_INSUFFICIENT_PERMISSION
 */
export function checkReach(administrator: AccountAdministrator, user: Pick<User, 'roles' | 'privileges'>): void {
  const beyond = user.privileges.filter(privilege => !administrator.privileges.includes(privilege));
  if (beyond.length > 0) {
    throw new RcsError('RCS_INSUFFICIENT_PERMISSION', `${administrator.name} has not ${beyond.join(', ')}`, {
      publicDetail: `privileges: only who has ${beyond.join(', ')} may give or administer it`,
    });
  }
  if (user.roles.includes('ops') && !administrator.mayAdministerOps) {
    throw new RcsError('RCS_INSUFFICIENT_ROLE', `${administrator.name} may not administer operations accounts`);
  }
}
