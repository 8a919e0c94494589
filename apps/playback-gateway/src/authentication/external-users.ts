import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { AccountName, ContactCenter, ExternalSource, User, UserContent, UserStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import type { ExternalPerson } from './directory/directory-person.js';
import { wrongCredentials } from './credentials.js';

/** How often two gateways may be in each other's way before one gives up. */
const attempts = 5;

/**
 * Keeps in the store what other systems say of their users, so that sessions, audit and rights find them where all users
 * are. Such an account has no password here; what remains ours is whether it is enabled. It stands beside a local account
 * of the same name and beside those of other contact centers, and touches none of them.
 */
@Injectable()
export class ExternalUsers {
  constructor(@Inject(storeTokens.users) private readonly users: UserStore) {}

  /**
   * The user as the other system describes them now.
   * @throws RcsError RCS_AUTHENTICATION_REQUIRED when this very account is disabled here.
   */
  async keep(contactCenter: ContactCenter, person: ExternalPerson, source: ExternalSource): Promise<User> {
    const account = externalAccount(contactCenter, person.userName, source);
    const { name } = account;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const stored = await this.users.find(account);
      if (stored?.enabled === false) throw wrongCredentials(name, 'disabled, so no credentials are good');
      const content = contentOf(account, person);
      if (stored !== undefined && isDeepStrictEqual({ ...content, version: stored.version }, stored)) return stored;
      const kept = await this.users.replace(content, stored?.version);
      if (kept !== undefined) return kept;
    }
    throw new RcsError('RCS_OVERLOADED', `the user ${JSON.stringify(name)} is being changed`, { retryAfterMs: 500 });
  }

  /** The person is gone from the other system. */
  async forget(user: User): Promise<void> {
    await this.users.remove(user);
  }
}

/** With the domain of the contact center, where it has one: people of the same name in two contact centers are two users. */
export function storedName({ domain }: ContactCenter, userName: string): string {
  return domain === undefined ? userName : `${userName}@${domain}`;
}

/** The account of a person whom another system knows. */
export function externalAccount(
  contactCenter: ContactCenter,
  userName: string,
  source: ExternalSource,
): Required<AccountName> {
  return { name: storedName(contactCenter, userName), source, contactCenter: contactCenter.id };
}

function contentOf(
  account: Required<AccountName>,
  { userName, roles, privileges, accessGroups, partitions, agentHierarchy, agentIds }: ExternalPerson,
): UserContent {
  const ids = [...new Set([userName, ...agentIds])].filter(id => id !== account.name);
  return {
    ...account,
    enabled: true,
    roles,
    privileges,
    accessGroups,
    partitions,
    ...(agentHierarchy === undefined ? {} : { agentHierarchy }),
    ...(ids.length === 0 ? {} : { agentIds: ids }),
  };
}
