import { LRUCache } from 'lru-cache';
import { describeError, entriesAtMost, type Logger, RcsError, toRcsError } from '#platform';
import { accountId, type ContactCenter, type User, type UserStore } from '#store';
import type { BasicCredentials } from '../credentials.js';
import { nameWithin } from '../contact-center-finder.js';
import { CredentialCache } from '../credential-cache.js';
import { externalAccount, type ExternalUsers } from '../external-users.js';
import { wrongCredentials } from '../credentials.js';
import { identityOfEntry, identityOfName, type AdmitAttempt } from '../login-identity.js';
import type { Directory } from './directory.js';

export interface DirectoryUsersOptions {
  readonly cacheSize: number;
  /** How long a verified credential and the data of a person are taken as current; 0 asks every time. */
  readonly cacheTimeToLiveMs: number;
}

const source = 'configuration-server';

/** While the directory is away a session goes on with what was read last, but no longer than this. */
const longestOutageMs = 300_000;

/** The users whom one directory knows, as users of this server. */
export class DirectoryUsers {
  private readonly memory: CredentialCache;
  /** When the data of an account was read: milliseconds of a clock that nobody sets, or old rights would count again. */
  private readonly readAt: LRUCache<string, number>;
  /** `agent_hierarchy` of agents in recordings; false where there is none. */
  private readonly places: LRUCache<string, string | false> | undefined;

  constructor(
    private readonly directory: Directory,
    private readonly users: UserStore,
    private readonly external: ExternalUsers,
    private readonly logger: Logger,
    private readonly options: DirectoryUsersOptions,
  ) {
    const { cacheSize, cacheTimeToLiveMs: ttl } = options;
    this.memory = new CredentialCache(cacheSize, ttl);
    this.readAt = new LRUCache(entriesAtMost(cacheSize));
    this.places = ttl === 0 ? undefined : new LRUCache({ ...entriesAtMost(cacheSize), ttl });
  }

  /** @throws RcsError RCS_AUTHENTICATION_REQUIRED, RCS_DIRECTORY_UNAVAILABLE, RCS_OVERLOADED, what `admit` throws */
  async authenticate(
    contactCenter: ContactCenter,
    credentials: BasicCredentials,
    admit: AdmitAttempt | undefined,
  ): Promise<User> {
    // The memory would tell a guesser which password is right however many were tried.
    const remembered = admit === undefined ? await this.recall(contactCenter, credentials) : undefined;
    return (
      remembered ??
      this.memory.verifyOnce(credentials, contactCenter.id, () => this.verify(contactCenter, credentials, admit))
    );
  }

  /**
   * The user as the directory describes them now; undefined once they are gone from it.
   * @throws RcsError RCS_DIRECTORY_UNAVAILABLE when it has been away for too long.
   */
  async current(contactCenter: ContactCenter, user: User): Promise<User | undefined> {
    const age = performance.now() - (this.readAt.get(accountId(user)) ?? -Infinity);
    if (!this.directory.canFind || age < this.options.cacheTimeToLiveMs) return user;
    try {
      const person = await this.directory.find(nameWithin(contactCenter, user.name), 'user-name');
      if (person !== undefined) return await this.keep(contactCenter, person);
      await this.external.forget(user);
      return undefined;
    } catch (error) {
      if (toRcsError(error).code === 'RCS_AUTHENTICATION_REQUIRED') return undefined;
      if (age > longestOutageMs) throw error;
      this.logger.warn({ user: user.name, error: describeError(error) }, 'a user is served with the rights read last');
      return user;
    }
  }

  /** Where an agent stands in the hierarchy. @throws RcsError RCS_DIRECTORY_UNAVAILABLE */
  async placeOf(contactCenter: ContactCenter, agent: string): Promise<string | undefined> {
    const known = await this.users.find(externalAccount(contactCenter, nameWithin(contactCenter, agent), source));
    if (!this.directory.canFind) return known?.agentHierarchy;
    const key = JSON.stringify([contactCenter.id, agent]);
    const cached = this.places?.get(key);
    if (cached !== undefined) return cached === false ? undefined : cached;
    const place = (await this.directory.find(nameWithin(contactCenter, agent), 'agent-id'))?.agentHierarchy;
    this.places?.set(key, place ?? false);
    return place;
  }

  close(): void {
    this.directory.close();
  }

  private async recall(contactCenter: ContactCenter, credentials: BasicCredentials): Promise<User | undefined> {
    const verified = this.memory.recall(credentials, contactCenter.id);
    if (verified === undefined) return undefined;
    const user = await this.users.find({ name: verified.name, source, contactCenter: contactCenter.id });
    return user?.version === verified.version && user.enabled ? user : undefined;
  }

  private async verify(
    contactCenter: ContactCenter,
    credentials: BasicCredentials,
    admit: AdmitAttempt | undefined,
  ): Promise<User> {
    const userName = nameWithin(contactCenter, credentials.userName);
    const person = await this.directory.authenticate(userName, credentials.password, async entry => {
      await admit?.(
        entry === undefined ? identityOfName(contactCenter, userName) : identityOfEntry(contactCenter, entry),
      );
    });
    if (person === undefined) throw wrongCredentials(credentials.userName);
    const user = await this.keep(contactCenter, person);
    this.memory.remember(credentials, user, contactCenter.id);
    return user;
  }

  private async keep(contactCenter: ContactCenter, person: Parameters<ExternalUsers['keep']>[1]): Promise<User> {
    if (person.userName.includes('@') && contactCenter.domain === undefined) {
      // Behind an @ stands a contact center; a directory must not name another one's users.
      throw new RcsError('RCS_AUTHENTICATION_REQUIRED', `the name ${JSON.stringify(person.userName)} contains an @`);
    }
    const user = await this.external.keep(contactCenter, person, source);
    this.readAt.set(accountId(user), performance.now());
    return user;
  }
}
