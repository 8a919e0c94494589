import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { BasicCredentials } from './basic-credentials.js';

/**
 * Remembers for a short time which credentials were found good, because clients such as SpeechMiner send them with
 * every request and a password hash is slow on purpose. Only a digest under a key of this process is kept.
 */
export class CredentialMemory {
  private readonly key = randomBytes(32);
  private readonly verified: LRUCache<string, number> | undefined;

  constructor(size: number, timeToLiveMs: number) {
    this.verified = timeToLiveMs === 0 ? undefined : new LRUCache({ max: size, ttl: timeToLiveMs });
  }

  /** Whether these credentials were verified for this version of the user. */
  knows(credentials: BasicCredentials, userVersion: number): boolean {
    return this.verified?.get(this.digest(credentials)) === userVersion;
  }

  remember(credentials: BasicCredentials, userVersion: number): void {
    this.verified?.set(this.digest(credentials), userVersion);
  }

  private digest({ userName, password }: BasicCredentials): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([userName, password]))
      .digest('base64');
  }
}
