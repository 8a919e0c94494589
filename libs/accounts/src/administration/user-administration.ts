import { RcsError } from '#platform';
import {
  accountId,
  type AuditEntry,
  type AuditLog,
  type ContactCenterStore,
  type User,
  type UserContent,
  type UserStore,
} from '#store';
import { hashPassword } from '../password/password-hash.js';
import { checkPassword } from '../password/password-policy.js';
import { theAccount, type AccountChoice } from './account-choice.js';
import { checkReach, sees, type AccountAdministrator } from './account-administrator.js';
import type { NewUser, UserChange } from './user-input.js';

/** Where a change comes from, for the audit. */
export type RequestOrigin = Pick<AuditEntry, 'address' | 'requestId'>;

export interface UserAdministrationStore {
  readonly users: UserStore;
  readonly contactCenters: ContactCenterStore;
  readonly audit: AuditLog;
}

/**
 * Adds, changes and removes users, each act in the audit before it happens. A user of another contact center does not
 * exist for an administrator, and nobody gives rights that they do not have.
 */
export class UserAdministration {
  /** @param reservedNames names of accounts that are in no store */
  constructor(
    private readonly store: UserAdministrationStore,
    private readonly reservedNames: readonly string[],
  ) {}

  /** Sorted by name. */
  async list(administrator: AccountAdministrator, contactCenter?: string): Promise<readonly User[]> {
    const users = await this.store.users.list();
    return users.filter(
      user => sees(administrator, user) && (contactCenter === undefined || user.contactCenter === contactCenter),
    );
  }

  /** @throws RcsError RCS_USER_NOT_FOUND, RCS_INVALID_VALUE where several accounts have the name and none is chosen */
  async show(administrator: AccountAdministrator, name: string, choice: AccountChoice = {}): Promise<User> {
    const visible = (await this.store.users.named(name)).filter(user => sees(administrator, user));
    const user = theAccount(name, visible, choice);
    if (user !== undefined) return user;
    throw new RcsError('RCS_USER_NOT_FOUND', `no user ${JSON.stringify(name)} for ${administrator.name}`);
  }

  /** @throws RcsError RCS_USER_EXISTS, RCS_INVALID_VALUE, RCS_INSUFFICIENT_PERMISSION, RCS_INSUFFICIENT_ROLE */
  async add(administrator: AccountAdministrator, input: NewUser, origin: RequestOrigin): Promise<User> {
    const { userName, password, contactCenter: named, agentHierarchy, agentIds, ...rights } = input;
    checkReach(administrator, rights);
    const contactCenter = await this.contactCenterFor(administrator, named, rights.roles);
    await this.checkName(userName, contactCenter);
    checkPassword(password, userName);
    const user: UserContent = {
      name: userName,
      ...rights,
      passwordHash: await hashPassword(password),
      ...(contactCenter === undefined ? {} : { contactCenter }),
      ...(agentHierarchy === undefined ? {} : { agentHierarchy }),
      ...(agentIds === undefined ? {} : { agentIds }),
    };
    await this.checkFree(user);
    await this.record(administrator, user, { added: rights, agentHierarchy, agentIds }, origin);
    const added = await this.store.users.replace(user, undefined);
    if (added === undefined) throw taken(userName);
    return added;
  }

  /** @throws RcsError RCS_USER_NOT_FOUND, RCS_INVALID_VALUE, RCS_INSUFFICIENT_PERMISSION, RCS_INSUFFICIENT_ROLE */
  async change(
    administrator: AccountAdministrator,
    name: string,
    change: UserChange,
    origin: RequestOrigin,
    choice: AccountChoice = {},
  ): Promise<User> {
    const user = await this.show(administrator, name, choice);
    const changed = changedUser(user, change);
    if (!isOperationsTaking(administrator, change)) {
      checkReach(administrator, user);
      checkReach(administrator, changed);
    }
    checkBelonging(changed);
    if (user.source !== undefined && Object.keys(change).some(field => field !== 'enabled')) {
      throw invalid(`${JSON.stringify(name)} is a user of another system (${user.source}): change the rights there`);
    }
    if (
      accountId(user) === administrator.account &&
      (!changed.enabled || user.roles.some(role => !changed.roles.includes(role)))
    ) {
      throw invalid('nobody disables themselves or takes away roles of their own');
    }
    return this.replace(administrator, user, changed, { changed: change }, origin);
  }

  /**
   * A new password for the local account of this name; sessions opened with the old one end.
   * @throws RcsError RCS_USER_NOT_FOUND, RCS_INVALID_VALUE, RCS_INSUFFICIENT_PERMISSION, RCS_INSUFFICIENT_ROLE
   */
  async setPassword(
    administrator: AccountAdministrator,
    name: string,
    password: string,
    origin: RequestOrigin,
  ): Promise<User> {
    const visible = (await this.store.users.named(name)).filter(user => sees(administrator, user));
    const user = visible.find(({ source }) => source === undefined) ?? (await this.show(administrator, name));
    checkReach(administrator, user);
    return this.replacePassword(administrator, user, password, origin);
  }

  /** Users change their own password, having proved the old one. @throws RcsError RCS_INVALID_VALUE */
  async changeOwnPassword(user: User, password: string, origin: RequestOrigin): Promise<User> {
    return this.replacePassword({ name: user.name, roles: [], privileges: [] }, user, password, origin);
  }

  /** @throws RcsError RCS_USER_NOT_FOUND, RCS_INVALID_VALUE, RCS_INSUFFICIENT_PERMISSION, RCS_INSUFFICIENT_ROLE */
  async remove(
    administrator: AccountAdministrator,
    name: string,
    origin: RequestOrigin,
    choice: AccountChoice = {},
  ): Promise<void> {
    const user = await this.show(administrator, name, choice);
    if (!isOperations(administrator)) checkReach(administrator, user);
    if (accountId(user) === administrator.account) throw invalid('nobody removes themselves');
    await this.record(administrator, user, { removed: true }, origin);
    await this.disable(user);
    await this.store.users.remove(user);
  }

  /** What an account has seen goes before it, in many steps: nobody logs in meanwhile, nor where that ends in the middle. */
  private async disable(user: User): Promise<void> {
    const { users } = this.store;
    for (let present: User | undefined = user; present?.enabled === true; present = await users.find(user)) {
      if ((await users.replace({ ...present, enabled: false }, present.version)) !== undefined) return;
    }
  }

  private async replacePassword(
    administrator: AccountAdministrator,
    user: User,
    password: string,
    origin: RequestOrigin,
  ): Promise<User> {
    if (user.source !== undefined) {
      throw invalid(`${JSON.stringify(user.name)} is a user of another system (${user.source}): its password is there`);
    }
    checkPassword(password, user.name);
    const changed = { ...user, passwordHash: await hashPassword(password) };
    return this.replace(administrator, user, changed, { passwordChanged: true }, origin);
  }

  private async replace(
    administrator: AccountAdministrator,
    seen: User,
    changed: UserContent,
    what: object,
    origin: RequestOrigin,
  ): Promise<User> {
    await this.record(administrator, changed, what, origin);
    const replaced = await this.store.users.replace(changed, seen.version);
    if (replaced !== undefined) return replaced;
    throw new RcsError('RCS_OVERLOADED', `the user ${JSON.stringify(seen.name)} is being changed by somebody else`, {
      retryAfterMs: 500,
    });
  }

  private async record(
    administrator: AccountAdministrator,
    user: UserContent,
    what: object,
    origin: RequestOrigin,
  ): Promise<void> {
    await this.store.audit.append({
      event: 'user-changed',
      outcome: 'allowed',
      user: administrator.name,
      ...(user.contactCenter === undefined ? {} : { contactCenter: user.contactCenter }),
      ...origin,
      detail: JSON.stringify({
        userName: user.name,
        ...(user.source === undefined ? {} : { source: user.source }),
        ...what,
      }),
    });
  }

  private async contactCenterFor(
    administrator: AccountAdministrator,
    named: string | undefined,
    roles: User['roles'],
  ): Promise<string | undefined> {
    const id = named ?? administrator.contactCenter;
    if (administrator.contactCenter !== undefined && id !== administrator.contactCenter) {
      throw invalid('contactCenter: is not that of the administrator');
    }
    checkBelonging({ contactCenter: id, roles });
    if (id !== undefined && (await this.store.contactCenters.find(id)) === undefined) {
      throw invalid('contactCenter: there is none with this id');
    }
    return id;
  }

  /**
   * A name is taken by a local account, and by any account of another contact center: the first of a name is whom it means
   * at a login that names no contact center. People whom another system knows do not take it from their own one.
   */
  private async checkFree({ name, contactCenter }: UserContent): Promise<void> {
    const others = await this.store.users.named(name);
    const holder = others.find(user => user.source === undefined || user.contactCenter !== contactCenter);
    if (holder !== undefined) throw taken(name);
  }

  /** Behind an @ stands a domain, and a domain belongs to one contact center. */
  private async checkName(userName: string, contactCenter: string | undefined): Promise<void> {
    if (this.reservedNames.includes(userName)) throw taken(userName);
    const domain = userName.slice(userName.lastIndexOf('@') + 1).toLowerCase();
    if (domain.length === userName.length) return;
    const owner = (await this.store.contactCenters.list()).find(center => center.domain?.toLowerCase() === domain);
    if (owner !== undefined && owner.id !== contactCenter) {
      throw invalid('userName: the domain behind the @ belongs to another contact center');
    }
  }
}

function changedUser(user: User, { agentHierarchy, ...change }: UserChange): UserContent {
  const { agentHierarchy: present, ...rest } = user;
  const path = agentHierarchy === undefined ? present : agentHierarchy;
  return { ...rest, ...change, ...(path == null ? {} : { agentHierarchy: path }) };
}

const isOperations = ({ contactCenter }: AccountAdministrator): boolean => contactCenter === undefined;

/** Operations disable and remove whomever they see: nobody gains a right by that. */
function isOperationsTaking(administrator: AccountAdministrator, change: UserChange): boolean {
  const fields = Object.keys(change);
  return isOperations(administrator) && change.enabled === false && fields.length === 1;
}

/**
 * Operations accounts belong to no contact center, everybody else to one. What an operations account holds besides, the
 * role admin and privileges, it may give to others; it uses none of it.
 */
function checkBelonging({ contactCenter, roles }: Pick<UserContent, 'contactCenter' | 'roles'>): void {
  const others = roles.filter(role => role !== 'ops' && role !== 'admin');
  if (roles.includes('ops') && (contactCenter !== undefined || others.length > 0)) {
    throw invalid('roles: an account with the role ops has no other role but admin, and no contact center');
  }
  if (contactCenter === undefined && !roles.includes('ops')) throw invalid('contactCenter: name one');
}

const invalid = (publicDetail: string): RcsError => new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail });
const taken = (name: string): RcsError => new RcsError('RCS_USER_EXISTS', `the name ${JSON.stringify(name)} is taken`);
