import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { RcsError, type ServerSettings } from '#platform';
import { accountId, isSameAccount, type AccountName } from '#store';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { accountOfCredential } from './credential-version.js';
import { RedisGate } from '../redis/redis-gate.js';
import type { ListedSession, Session, SessionRecord } from './session.js';
import { csrfTokenOf, newSessionSecret, sessionKeyOf } from './session-secret.js';

/** How long sessions last without a request and in all, seconds, and how many a user may have. */
export type SessionLimits = Pick<
  ServerSettings,
  'sessionMaxInactiveInterval' | 'sessionMaxLifetime' | 'maxSessionsPerUser'
>;

export interface NewSession extends Pick<SessionRecord, 'userName' | 'credentialVersion' | 'address'> {
  readonly userAgent?: string | undefined;
  /** Opened without being asked for: it ends soon unless the client comes back with the cookie. */
  readonly unasked?: boolean;
}

/** Clients that never keep cookies leave such sessions behind with every request; seconds. */
const unaskedLifetime = 300;
const longestUserAgent = 256;

const recordSchema = z.object({
  id: z.string(),
  userName: z.string(),
  credentialVersion: z.string(),
  createdAt: z.number(),
  address: z.string(),
  userAgent: z.string().optional(),
  unasked: z.boolean().optional(),
});

/**
 * `session:<hash of the secret>` holds a session and expires by itself; `user-sessions:<account>` lists those of an account.
 */
@Injectable()
export class SessionStore {
  constructor(
    private readonly gate: RedisGate,
    @Inject(SERVER_SETTINGS) private readonly limits: SessionLimits,
  ) {}

  /** Opens a session under a new secret; the oldest ones of a user with too many end. */
  async open(content: NewSession): Promise<{ session: Session; secret: string }> {
    const secret = newSessionSecret();
    const key = sessionKeyOf(secret);
    const { userName, credentialVersion, address, userAgent, unasked } = content;
    const record: SessionRecord = {
      id: randomUUID(),
      userName,
      credentialVersion,
      createdAt: Date.now(),
      address,
      ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, longestUserAgent) }),
      ...(unasked === true ? { unasked } : {}),
    };
    const list = listKey(accountId(accountOfCredential(record)), unasked === true);
    const { sessionMaxInactiveInterval: idle, sessionMaxLifetime: absolute, maxSessionsPerUser } = this.limits;
    const lifetime = Math.min(idle, absolute, unasked === true ? unaskedLifetime : Infinity);
    await this.gate.run(async redis => {
      const excess = await results(
        redis
          .multi()
          .set(sessionKey(key), JSON.stringify(record), 'EX', lifetime)
          .zadd(list, record.createdAt, key)
          .zremrangebyscore(list, '-inf', record.createdAt - absolute * 1000)
          .expire(list, absolute)
          .zrange(list, '0', `${-1 - maxSessionsPerUser}`),
      );
      const oldest = excess.at(-1) as string[];
      if (oldest.length > 0) await removeKeys(redis, list, oldest);
    });
    return { session: { ...record, key, csrfToken: csrfTokenOf(secret) }, secret };
  }

  /** The session of a secret, kept alive by this use; undefined when it has ended. */
  async use(secret: string): Promise<Session | undefined> {
    const key = sessionKeyOf(secret);
    const { sessionMaxInactiveInterval: idle, sessionMaxLifetime: absolute } = this.limits;
    const text = await this.gate.run(redis => redis.getex(sessionKey(key), 'EX', idle));
    const record = readRecord(text);
    if (record === undefined) return undefined;
    if (Date.now() >= record.createdAt + absolute * 1000) {
      await this.end(record, key);
      return undefined;
    }
    if (record.unasked === true) await this.keep(key, record);
    return { ...record, key, csrfToken: csrfTokenOf(secret) };
  }

  /** The session stored under this key, without keeping it alive. */
  async peek(key: string): Promise<SessionRecord | undefined> {
    const record = readRecord(await this.gate.run(redis => redis.get(sessionKey(key))));
    return record === undefined || Date.now() >= record.createdAt + this.limits.sessionMaxLifetime * 1000
      ? undefined
      : record;
  }

  /** The client came back with the cookie: the session counts among those of people from now on. */
  private async keep(key: string, kept: SessionRecord): Promise<void> {
    const { createdAt } = kept;
    const list = accountId(accountOfCredential(kept));
    const record = { ...kept, unasked: undefined };
    await this.gate.run(redis =>
      results(
        redis
          .multi()
          .set(sessionKey(key), JSON.stringify(record), 'EX', this.limits.sessionMaxInactiveInterval, 'XX')
          .zadd(listKey(list, false), createdAt, key)
          .expire(listKey(list, false), this.limits.sessionMaxLifetime)
          .zrem(listKey(list, true), key),
      ),
    );
  }

  async end(session: Pick<SessionRecord, 'userName' | 'credentialVersion'>, key: string): Promise<void> {
    const lists = listKeys(accountOfCredential(session));
    await this.gate.run(redis =>
      results(lists.reduce((transaction, list) => transaction.zrem(list, key), redis.multi().del(sessionKey(key)))),
    );
  }

  /** The living sessions of an account, newest first. */
  async list(account: AccountName): Promise<readonly ListedSession[]> {
    return this.gate.run(async redis => {
      const lists = await results(
        listKeys(account).reduce((transaction, list) => transaction.zrange(list, '0', '-1'), redis.multi()),
      );
      const keys = new Set((lists as string[][]).flat());
      const sessions = await Promise.all([...keys].map(key => this.listed(redis, key)));
      return sessions
        .filter(session => session !== undefined)
        .filter(session => isSameAccount(accountOfCredential(session), account))
        .sort((left, right) => right.createdAt - left.createdAt);
    });
  }

  private async listed(redis: Redis, key: string): Promise<ListedSession | undefined> {
    const [text, remaining] = await results(redis.multi().get(sessionKey(key)).pttl(sessionKey(key)));
    const record = readRecord(text as string | null);
    if (record === undefined) return undefined;
    const absoluteEnd = record.createdAt + this.limits.sessionMaxLifetime * 1000;
    const expiresAt = Math.min(Date.now() + (remaining as number), absoluteEnd);
    return expiresAt <= Date.now() ? undefined : { ...record, key, expiresAt };
  }
}

const sessionKey = (key: string): string => `session:${key}`;
const listKey = (account: string, unasked: boolean): string => `${unasked ? 'unasked' : 'user'}-sessions:${account}`;

/** Gateways of before list all sessions under the plain name. */
function listKeys(account: AccountName): string[] {
  const names = new Set([accountId(account), account.name]);
  return [...names].flatMap(name => [listKey(name, false), listKey(name, true)]);
}

async function removeKeys(redis: Redis, list: string, keys: readonly string[]): Promise<void> {
  await results(
    redis
      .multi()
      .del(...keys.map(sessionKey))
      .zrem(list, ...keys),
  );
}

/** The answers of a transaction. @throws the first error among them. */
async function results(transaction: ReturnType<Redis['multi']>): Promise<unknown[]> {
  const answers = await transaction.exec();
  if (answers === null) throw new Error('Redis gave the transaction up');
  return answers.map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
}

function readRecord(text: string | null): SessionRecord | undefined {
  if (text === null) return undefined;
  const parsed = recordSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new RcsError('RCS_SESSION_UNAVAILABLE', 'what Redis holds is no session');
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
