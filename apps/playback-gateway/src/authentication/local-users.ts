import { randomBytes } from 'node:crypto';
import pLimit from 'p-limit';
import { RcsError, type ServerSettings } from '#platform';
import type { ContactCenter, User, UserStore } from '#store';
import type { BasicCredentials } from './credentials.js';
import { CredentialCache } from './credential-cache.js';
import { hashPassword, verifyPassword } from '#accounts';
import { wrongCredentials } from './credentials.js';
import { identityOfName, identityOfUser, type AdmitAttempt } from './login-identity.js';

/** Password hashes computed at once, and how many may wait; more are answered with 503 instead of a growing queue. */
const concurrentHashes = 4;
const waitingHashes = 64;

/** Users whose password this server checks itself, with argon2id. */
export class LocalUsers {
  private readonly memory: CredentialCache;
  private readonly hashing = pLimit(concurrentHashes);
  /** Hash of nobody's password: an unknown user takes as long as a known one. */
  private readonly decoy = hashPassword(randomBytes(16).toString('hex'));

  constructor(
    private readonly users: UserStore,
    settings: Pick<ServerSettings, 'credentialCacheSize' | 'credentialCacheTimeToLiveMs'>,
  ) {
    this.memory = new CredentialCache(settings.credentialCacheSize, settings.credentialCacheTimeToLiveMs);
    this.decoy.catch(() => undefined);
  }

  /**
   * @param accepts which users count; all others are as unknown as those who are not there
   * @param contactCenter where the name is looked for, as far as that is known
   * @throws RcsError RCS_AUTHENTICATION_REQUIRED, RCS_OVERLOADED, what `admit` throws
   */
  async authenticate(
    credentials: BasicCredentials,
    accepts: (user: User) => boolean,
    contactCenter: ContactCenter | undefined,
    admit: AdmitAttempt | undefined,
  ): Promise<User> {
    const found = await this.users.find({ name: credentials.userName });
    const user = found !== undefined && accepts(found) ? found : undefined;
    // Before the memory is asked, too: it would tell a guesser which password is right however many were tried.
    await admit?.(
      user === undefined ? identityOfName(contactCenter, credentials.userName) : identityOfUser(user, contactCenter),
    );
    if (user !== undefined && this.memory.recall(credentials)?.version === user.version) return enabled(user);
    const matches = await this.verify(user?.passwordHash ?? (await this.decoy), credentials.password);
    if (!matches || user?.passwordHash === undefined) throw wrongCredentials(credentials.userName);
    this.memory.remember(credentials, user);
    return enabled(user);
  }

  /** Takes as long as any refusal. */
  async refuse(credentials: BasicCredentials): Promise<never> {
    await this.verify(await this.decoy, credentials.password);
    throw wrongCredentials(credentials.userName);
  }

  private async verify(hash: string, password: string): Promise<boolean> {
    if (this.hashing.pendingCount >= waitingHashes) {
      throw new RcsError('RCS_OVERLOADED', 'too many logins at once', { retryAfterMs: 1000 });
    }
    return this.hashing(() => verifyPassword(hash, password));
  }
}

function enabled(user: User): User {
  if (user.enabled) return user;
  throw wrongCredentials(user.name, 'disabled, so no credentials are good');
}
