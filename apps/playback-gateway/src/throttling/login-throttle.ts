import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RcsError, toRcsError, type ServerSettings } from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { RedisGate } from '../redis/redis-gate.js';
import { LocalAttemptWindow, SharedAttemptWindow, type AttemptLimit, type AttemptWindow } from './attempt-window.js';
import { throttleKeys, type LoginLimits, type LoginSource } from './login-limits.js';

/** An attempt that was let through; it counts as failed until it is taken back. */
export interface LoginAttempt {
  readonly id: string;
  readonly source: LoginSource;
  readonly keys: readonly string[];
  readonly window: AttemptWindow;
}

/** Where a user logged in is remembered this long, seconds. */
const knownLifetime = 30 * 24 * 3600;

/** Slows down who guesses passwords: so many failures per user and per address in a sliding window. */
@Injectable()
export class LoginThrottle {
  private readonly limits: LoginLimits;
  private readonly shared: AttemptWindow;
  private readonly local: AttemptWindow = new LocalAttemptWindow();

  constructor(
    private readonly gate: RedisGate,
    @Inject(SERVER_SETTINGS) { loginThrottling }: Pick<ServerSettings, 'loginThrottling'>,
  ) {
    const { window, failuresPerUser, failuresPerAddress } = loginThrottling;
    this.limits = { windowMs: window * 1000, failuresPerUser, failuresPerAddress };
    this.shared = new SharedAttemptWindow(gate);
  }

  /** Before the password is looked at. @throws RcsError RCS_TOO_MANY_REQUESTS with the time to wait. */
  async begin(source: LoginSource): Promise<LoginAttempt> {
    try {
      return await this.enter(this.shared, source, await this.isKnown(source));
    } catch (error) {
      if (!isRedisOutage(error)) throw error;
      return this.enter(this.local, source, false);
    }
  }

  /** The password was right. */
  async succeeded(attempt: LoginAttempt): Promise<void> {
    await this.withdraw(attempt);
    await tolerateOutage(
      this.gate.run(redis => redis.set(throttleKeys(attempt.source).known, '1', 'EX', knownLifetime)),
    );
  }

  /** It could not be found out whether the password was right. */
  async withdraw({ id, keys, window }: LoginAttempt): Promise<void> {
    await tolerateOutage(window.leave(id, keys));
  }

  private async enter(window: AttemptWindow, source: LoginSource, known: boolean): Promise<LoginAttempt> {
    const { windowMs, failuresPerUser, failuresPerAddress } = this.limits;
    const keys = throttleKeys(source);
    const limits: AttemptLimit[] = [
      { key: known ? keys.familiar : keys.user, limit: failuresPerUser },
      { key: keys.address, limit: failuresPerAddress },
    ];
    const id = randomUUID();
    const retryAfterMs = await window.enter(id, limits, windowMs);
    if (retryAfterMs > 0) throw new RcsError('RCS_TOO_MANY_REQUESTS', 'too many failed log-ins', { retryAfterMs });
    return { id, source, keys: limits.map(({ key }) => key), window };
  }

  private async isKnown(source: LoginSource): Promise<boolean> {
    return (await this.gate.run(redis => redis.exists(throttleKeys(source).known))) === 1;
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
