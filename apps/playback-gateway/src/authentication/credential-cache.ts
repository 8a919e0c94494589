import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { entriesAtMost } from '#platform';
import type { User } from '#store';
import type { BasicCredentials } from './credentials.js';

/** Whom credentials proved, in the version that was in force then. */
export type VerifiedUser = Pick<User, 'name' | 'version'>;

/**
 * Remembers for a short time which credentials were found good, because clients such as SpeechMiner send them with
 * every request and a password hash is slow on purpose. Only a digest under a key of this process is kept.
 */
export class CredentialCache {
  private readonly key = createSecretKey(randomBytes(32));
  private readonly verified: LRUCache<string, VerifiedUser> | undefined;
  private readonly running = new Map<string, Promise<User>>();

  constructor(size: number, timeToLiveMs: number) {
    this.verified = timeToLiveMs === 0 ? undefined : new LRUCache({ ...entriesAtMost(size), ttl: timeToLiveMs });
  }

  /**
   * Whom these credentials proved; it counts only while the user has the same version still.
   * @param scope what else the credentials were checked against, such as a contact center
   */
  recall(credentials: BasicCredentials, scope = ''): VerifiedUser | undefined {
    return this.verified?.get(this.digest(credentials, scope));
  }

  remember(credentials: BasicCredentials, { name, version }: VerifiedUser, scope = ''): void {
    this.verified?.set(this.digest(credentials, scope), { name, version });
  }

  /** Requests with the same credentials at the same moment share one verification. */
  verifyOnce(credentials: BasicCredentials, scope: string, verify: () => Promise<User>): Promise<User> {
    const digest = this.digest(credentials, scope);
    const running = this.running.get(digest);
    if (running !== undefined) return running;
    const started = verify().finally(() => this.running.delete(digest));
    this.running.set(digest, started);
    return started;
  }

  private digest({ userName, password }: BasicCredentials, scope: string): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([scope, userName, password]))
      .digest('base64');
  }
}
