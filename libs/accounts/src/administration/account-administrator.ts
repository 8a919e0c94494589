import { RcsError } from '#platform';
import { accountId, allPrivileges, recordingPrivileges, type Privilege, type Role, type User } from '#store';

/** Who changes users, and how far that reaches. */
export interface AccountAdministrator {
  readonly name: string;
  /** Id of their own account; absent for somebody who is in no store. */
  readonly account?: string;
  /** Users of this contact center alone; undefined for those of all. */
  readonly contactCenter?: string;
  /** What may be given to others; nobody gives a right that they do not have. */
  readonly roles: readonly Role[];
  readonly privileges: readonly Privilege[];
}

/** Somebody with access to the server itself; who may do everything. */
export function operator(name: string): AccountAdministrator {
  return { name, roles: ['ops', 'admin'], privileges: allPrivileges };
}

/**
 * A user as administrator: operations accounts of all contact centers, admins of their own.
 * @throws RcsError RCS_INSUFFICIENT_ROLE for everybody else.
 */
export function accountAdministratorOf(user: User): AccountAdministrator {
  if (user.enabled && user.roles.includes('recorder')) {
    throw new RcsError('RCS_INSUFFICIENT_ROLE', `${JSON.stringify(user.name)} is the recorder`, {
      publicDetail: recorderAdministersNobody,
    });
  }
  const { name, roles } = user;
  const privileges = heldBy(user);
  if (user.enabled && roles.includes('ops')) return { name, account: accountId(user), roles, privileges };
  if (!user.enabled || !user.roles.includes('admin') || user.contactCenter === undefined) {
    throw new RcsError('RCS_INSUFFICIENT_ROLE', `${JSON.stringify(user.name)} administers no users`);
  }
  return { name, account: accountId(user), contactCenter: user.contactCenter, roles, privileges };
}

/** What the role `admin` brings without being written is held, too. */
const heldBy = ({ roles, privileges }: User): readonly Privilege[] =>
  roles.includes('admin') ? [...new Set([...privileges, ...recordingPrivileges])] : privileges;

/** What whoever used the account of `opsUsername` for this has to do now. */
export const recorderAdministersNobody =
  'the account of opsUsername inserts recordings and reads recipients, nothing else; make an operations account with ' +
  '"rcsctl users add NAME --role ops" or use an administrator of the contact center';

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
  const role = user.roles.find(candidate => !holds(administrator.roles, candidate));
  if (role === undefined) return;
  const needed = role === 'ops' || role === 'recorder' ? role : 'admin';
  throw new RcsError('RCS_INSUFFICIENT_ROLE', `${administrator.name} has not the role ${needed}`, {
    publicDetail: `roles: only who has ${needed} may give or administer ${role}`,
  });
}

/**
 * Whether these rights reach a role. An agent may hear the recordings of whichever agent its account names, so it takes
 * one who may hear them all, an admin, to give this role or any other of a contact center.
 */
function holds(roles: readonly Role[], role: Role): boolean {
  return roles.includes(role === 'ops' || role === 'recorder' ? role : 'admin');
}
