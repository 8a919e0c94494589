import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { entriesAtMost, RcsError, type ServerSettings, toRcsError } from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import type { AttemptLimit, AttemptWindow } from './attempt-window.js';
import { networkOf, throttleKeys, type LoginLimits, type LoginSource } from './login-limits.js';
import { ThrottleStorage } from './throttle-storage.js';
import { WaitingLines } from './waiting-lines.js';

/** An attempt that was let through; it counts as failed until it is taken back. */
export interface LoginAttempt {
  readonly id: string;
  readonly source: LoginSource;
  readonly keys: readonly string[];
  readonly window: AttemptWindow;
  /** Where the answer to a failure waits; undefined where the attempt has waited already, or need not. */
  readonly waitsIn: string | undefined;
}

/** Where a user logged in is remembered this long, seconds. */
const knownLifetime = 30 * 24 * 3600;
/** Credentials that were right pass unthrottled for this long, milliseconds. */
const rightLifetimeMs = 12 * 3600 * 1000;
const rememberedRight = 10_000;
/** Guesses at a service from everywhere together, as a multiple of those from one network. */
const networksPerService = 10;

/**
 * Slows down who guesses passwords. So many failures of one account in a sliding window, and more are refused, but where
 * the account is known its failures are counted apart. So many failures from one address, and more wait in line there:
 * accounts that are known there and services before a failure is answered, all others before their password is looked at,
 * so that neither time nor answer tells which is which.
 */
@Injectable()
export class LoginThrottle {
  private readonly limits: LoginLimits;
  private readonly lines: WaitingLines;
  private readonly right = new LRUCache<string, true>({ ...entriesAtMost(rememberedRight), ttl: rightLifetimeMs });

  constructor(
    private readonly storage: ThrottleStorage,
    @Inject(SERVER_SETTINGS) { loginThrottling }: Pick<ServerSettings, 'loginThrottling'>,
  ) {
    const { window, failuresPerUser, failuresPerAddress, longestDelayMs, mostWaiting } = loginThrottling;
    this.limits = { windowMs: window * 1000, failuresPerUser, failuresPerAddress };
    this.lines = new WaitingLines({ longestDelayMs, mostWaiting, windowMs: window * 1000 });
  }

  /**
   * Whether these very credentials were right at this address not long ago, at this gateway: then no failures of others
   * keep them out.
   * @param digest of credentials and address, under a key of this process
   */
  wereRight(digest: string): boolean {
    return this.right.has(digest);
  }

  /** These credentials are right no more. */
  forget(digest: string): void {
    this.right.delete(digest);
  }

  /** Before the password is looked at. @throws RcsError RCS_TOO_MANY_REQUESTS with the time to wait. */
  async begin(source: LoginSource): Promise<LoginAttempt> {
    try {
      return await this.enter(this.storage.shared, source, await this.isKnown(source));
    } catch (error) {
      if (!isRedisOutage(error)) throw error;
      return this.enter(this.storage.local, source, false);
    }
  }

  /** The password was wrong; waits where failures are answered late. @throws RcsError RCS_TOO_MANY_REQUESTS */
  async failed({ waitsIn }: LoginAttempt): Promise<void> {
    if (waitsIn !== undefined) await this.lines.wait(waitsIn);
  }

  /** The password was right. @param digest as that of `wereRight` */
  async succeeded(attempt: LoginAttempt, digest?: string): Promise<void> {
    if (digest !== undefined) this.right.set(digest, true);
    await this.withdraw(attempt);
    await tolerateOutage(this.storage.remember(throttleKeys(attempt.source).known, knownLifetime));
  }

  /** It could not be found out whether the password was right. */
  async withdraw({ id, keys, window }: LoginAttempt): Promise<void> {
    await tolerateOutage(window.leave(id, keys));
  }

  private async enter(window: AttemptWindow, source: LoginSource, known: boolean): Promise<LoginAttempt> {
    const { windowMs, failuresPerAddress } = this.limits;
    const limits = this.limitsOf(source, known);
    const address = { key: throttleKeys(source).address, limit: failuresPerAddress };
    const id = randomUUID();
    const retryAfterMs = await window.enter(id, limits, windowMs);
    if (retryAfterMs > 0) throw new RcsError('RCS_TOO_MANY_REQUESTS', 'too many failed logins', { retryAfterMs });
    const isSlow = (await window.enter(id, [address], windowMs)) > 0;
    const waitsIn = isSlow ? networkOf(source.address) : undefined;
    const attempt = { id, source, keys: [...limits, address].map(({ key }) => key), window, waitsIn };
    if (waitsIn === undefined || known || source.identity.kind === 'service') return attempt;
    try {
      await this.lines.wait(waitsIn);
    } catch (error) {
      await this.withdraw(attempt);
      throw error;
    }
    return { ...attempt, waitsIn: undefined };
  }

  private limitsOf(source: LoginSource, known: boolean): readonly AttemptLimit[] {
    const { user, familiar } = throttleKeys(source);
    const { failuresPerUser } = this.limits;
    if (known) return [{ key: familiar, limit: failuresPerUser }];
    if (source.identity.kind === 'person') return [{ key: user, limit: failuresPerUser }];
    return [
      { key: familiar, limit: failuresPerUser },
      { key: user, limit: networksPerService * failuresPerUser },
    ];
  }

  private async isKnown(source: LoginSource): Promise<boolean> {
    return this.storage.isRemembered(throttleKeys(source).known);
  }
}

async function tolerateOutage(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isRedisOutage(error)) throw error;
  }
}

const isRedisOutage = (error: unknown): boolean => toRcsError(error).code === 'RCS_SESSION_UNAVAILABLE';
