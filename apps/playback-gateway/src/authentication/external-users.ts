import { isDeepStrictEqual } from 'node:util';
import { RcsError } from '#platform';
import type { ContactCenter, User, UserContent, UserStore } from '#store';
import type { ExternalPerson } from './directory/directory-person.js';
import { wrongCredentials } from './wrong-credentials.js';

/** How often two gateways may be in each other's way before one gives up. */
const attempts = 5;

/**
 * Keeps in the store what other systems say of their users, so that sessions, audit and rights find them where all users
 * are. Such a user has no password here; what remains ours is whether he is enabled.
 */
export class ExternalUsers {
  constructor(private readonly users: UserStore) {}

  /**
   * The user as the other system describes him now.
   * @throws RcsError RCS_AUTHENTICATION_REQUIRED when he is disabled here, or the name is taken in another contact center.
   */
  async keep(contactCenter: ContactCenter, person: ExternalPerson, source: NonNullable<User['source']>): Promise<User> {
    const name = storedName(contactCenter, person.userName);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const stored = await this.users.find(name);
      if (stored !== undefined && stored.contactCenter !== contactCenter.id) {
        throw wrongCredentials(name, 'the name belongs to a user of another contact center: no log-in');
      }
      // A directory takes over the accounts of its contact center; a token must not take over those of others.
      if (source === 'openid' && stored !== undefined && stored.source !== source) {
        throw wrongCredentials(name, 'the name belongs to an account of another kind: no log-in by token');
      }
      if (stored?.enabled === false) throw wrongCredentials(name, 'disabled, so no credentials are good');
      const content = contentOf(name, contactCenter, person, source);
      if (stored !== undefined && isDeepStrictEqual({ ...content, version: stored.version }, stored)) return stored;
      const kept = await this.users.replace(content, stored?.version);
      if (kept !== undefined) return kept;
    }
    throw new RcsError('RCS_OVERLOADED', `the user ${JSON.stringify(name)} is being changed`, { retryAfterMs: 500 });
  }

  /** The person is gone from the other system. */
  async forget(user: User): Promise<void> {
    await this.users.remove(user.name);
  }
}

/** With the domain of the contact center, where it has one: people of the same name in two contact centers are two users. */
export function storedName({ domain }: ContactCenter, userName: string): string {
  return domain === undefined ? userName : `${userName}@${domain}`;
}

function contentOf(
  name: string,
  contactCenter: ContactCenter,
  { userName, roles, privileges, accessGroups, partitions, agentHierarchy, agentIds }: ExternalPerson,
  source: NonNullable<User['source']>,
): UserContent {
  const ids = [...new Set([userName, ...agentIds])].filter(id => id !== name);
  return {
    name,
    enabled: true,
    contactCenter: contactCenter.id,
    roles,
    privileges,
    accessGroups,
    partitions,
    source,
    ...(agentHierarchy === undefined ? {} : { agentHierarchy }),
    ...(ids.length === 0 ? {} : { agentIds: ids }),
  };
}
