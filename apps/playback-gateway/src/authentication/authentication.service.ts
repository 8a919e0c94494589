import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import pLimit from 'p-limit';
import { RcsError, type ServerSettings } from '#platform';
import type { User, UserStore } from '#store';
import { parseBasicCredentials, type BasicCredentials } from './basic-credentials.js';
import { CredentialMemory } from './credential-memory.js';
import { hashPassword, verifyPassword } from './password-hash.js';

/** Password hashes computed at once, and how many may wait; more are answered with 503 instead of a growing queue. */
const concurrentHashes = 4;
const waitingHashes = 64;

/** Finds out who is calling: HTTP Basic against the local users, and the ops account of the configuration. */
export class AuthenticationService {
  private readonly memory: CredentialMemory;
  private readonly hashing = pLimit(concurrentHashes);
  private readonly comparisonKey = randomBytes(32);
  /** Hash of nobody's password: an unknown user takes as long as a known one. */
  private readonly decoy = hashPassword(randomBytes(16).toString('hex'));

  constructor(
    private readonly users: UserStore,
    private readonly settings: ServerSettings,
  ) {
    this.memory = new CredentialMemory(settings.credentialCacheSize, settings.credentialCacheTimeToLiveMs);
    this.decoy.catch(() => undefined);
  }

  /** @throws RcsError RCS_AUTHENTICATION_REQUIRED for everything but a known, enabled user with the right password. */
  async authenticate(authorization: string | undefined): Promise<User> {
    const credentials = parseBasicCredentials(authorization);
    if (credentials === undefined) throw new RcsError('RCS_AUTHENTICATION_REQUIRED', 'no Basic credentials');
    if (credentials.userName === this.settings.opsUsername) return this.authenticateOps(credentials);
    const user = await this.users.find(credentials.userName);
    if (user !== undefined && this.memory.knows(credentials, user.version)) return enabled(user);
    const hash = user?.passwordHash ?? (await this.decoy);
    const matches = await this.verifyLimited(hash, credentials.password);
    if (!matches || user?.passwordHash === undefined) throw wrongCredentials(credentials.userName);
    this.memory.remember(credentials, user.version);
    return enabled(user);
  }

  /** The user whom a session was opened for, as it is now; undefined once it is gone or disabled. */
  async userOfSession(userName: string): Promise<User | undefined> {
    if (userName === this.settings.opsUsername) {
      return this.settings.opsUserPassword === undefined ? undefined : opsUser(userName);
    }
    const user = await this.users.find(userName);
    return user?.enabled === true ? user : undefined;
  }

  private authenticateOps(credentials: BasicCredentials): User {
    const expected = this.settings.opsUserPassword;
    if (expected === undefined || !this.equal(credentials.password, expected))
      throw wrongCredentials(credentials.userName);
    return opsUser(credentials.userName);
  }

  private async verifyLimited(hash: string, password: string): Promise<boolean> {
    if (this.hashing.pendingCount >= waitingHashes) {
      throw new RcsError('RCS_OVERLOADED', 'too many log-ins at once', { retryAfterMs: 1000 });
    }
    return this.hashing(() => verifyPassword(hash, password));
  }

  /** Compares digests of equal length, so that neither content nor length shows in the time. */
  private equal(left: string, right: string): boolean {
    const digest = (text: string): Buffer => createHmac('sha256', this.comparisonKey).update(text).digest();
    return timingSafeEqual(digest(left), digest(right));
  }
}

/** The account of the configuration, which is in no store. */
const opsUser = (name: string): User => ({
  name,
  enabled: true,
  roles: ['ops'],
  privileges: [],
  accessGroups: [],
  partitions: [],
  version: 0,
});

function enabled(user: User): User {
  if (user.enabled) return user;
  throw new RcsError('RCS_AUTHENTICATION_REQUIRED', `user ${JSON.stringify(user.name)} is disabled`);
}

const wrongCredentials = (userName: string): RcsError =>
  new RcsError('RCS_AUTHENTICATION_REQUIRED', `wrong credentials for ${JSON.stringify(userName.slice(0, 128))}`);
