import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { RedisConnection, ServerSettings } from '#platform';
import { entriesAtMost } from '#platform';
import { isSameAccount, type AccountName, type EndedSessionStore } from '#store';
import { SERVER_SETTINGS, storeTokens } from '../dependencies/injection-tokens.js';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { RedisGate } from '../redis/redis-gate.js';
import { RecordSeals } from '../redis/sealed-records.js';
import { sessionKey, SealedSessions, type OpenedSession, type SessionTimes } from './sealed-sessions.js';
import { accountIn, type AccountFields, type ListedSession, type Session, type SessionRecord } from './session.js';
import { csrfTokenOf, newSessionSecret, sessionReferenceOf } from './session-secret.js';

/** How long sessions last, and how many a user may have. */
export type SessionLimits = SessionTimes & Pick<ServerSettings, 'maxSessionsPerUser'>;

export interface NewSession
  extends AccountFields, Pick<SessionRecord, 'credentialVersion' | 'address' | 'seenByProviderAt'> {
  readonly userAgent?: string | undefined;
  /** Opened without being asked for: it ends soon unless the client comes back with the cookie. */
  readonly unasked?: boolean;
}

/** Clients that never keep cookies leave such sessions behind with every request; seconds. */
const unaskedLifetime = 300;
const longestUserAgent = 256;
/** Records whose seal was opened here; some 5 MB when all are in use. */
const rememberedHere = 5000;

/**
 * `session:<digest of the secret>` holds a session, sealed, and expires by itself; `user-sessions:<digest of the account>`
 * lists those of an account. Redis is not trusted: a session that was ended is remembered in the store, and one that was
 * left alone ends by the time inside its record, whatever is put back into Redis.
 */
@Injectable()
export class SessionStore {
  private readonly sealed: SealedSessions;
  /**
   * By the reference of a session what its seal held, for as long as Redis gives back the very same text: a request costs no
   * opening then. Redis and the store are asked each time whether it lives.
   */
  private readonly opened = new LRUCache<string, OpenedSession>(entriesAtMost(rememberedHere));

  constructor(
    private readonly gate: RedisGate,
    @Inject(SERVER_SETTINGS) private readonly limits: SessionLimits,
    keys: GatewayKeys,
    seals: RecordSeals,
    @Inject(storeTokens.endedSessions) private readonly ended: EndedSessionStore,
  ) {
    this.sealed = new SealedSessions(limits, keys, seals);
  }

  /** Opens a session under a new secret; the oldest ones of a user with too many end. */
  async open(content: NewSession): Promise<{ session: Session; secret: string }> {
    const secret = newSessionSecret();
    const reference = sessionReferenceOf(secret);
    const key = this.sealed.keyOf(reference);
    const { userAgent, unasked, ...known } = content;
    const record: SessionRecord = {
      id: randomUUID(),
      ...known,
      createdAt: Date.now(),
      ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, longestUserAgent) }),
      ...(unasked === true ? { unasked } : {}),
    };
    const list = this.sealed.listKey(accountIn(record), unasked === true);
    const { sessionMaxInactiveInterval: idle, sessionMaxLifetime: absolute, maxSessionsPerUser } = this.limits;
    const lifetime = Math.min(idle, absolute, unasked === true ? unaskedLifetime : Infinity);
    await this.gate.run(async redis => {
      // Session and list may be on two nodes. Where one of both fails, nobody gets the secret of what the other left behind.
      const [excess] = await Promise.all([
        results(
          redis
            .multi()
            .zadd(list, record.createdAt, key)
            .zremrangebyscore(list, '-inf', record.createdAt - absolute * 1000)
            .expire(list, absolute)
            .zrange(list, '0', `${-1 - maxSessionsPerUser}`),
        ),
        redis.set(sessionKey(key), this.sealed.seal(key, record, lifetime), 'EX', lifetime),
      ]);
      const oldest = excess.at(-1) as string[];
      if (oldest.length > 0) await removeKeys(redis, list, oldest);
    });
    return { session: { ...record, key, reference, csrfToken: csrfTokenOf(secret) }, secret };
  }

  /** The session of a secret, kept alive by this use; undefined when it has ended. */
  async use(secret: string): Promise<Session | undefined> {
    const reference = sessionReferenceOf(secret);
    const living = await this.used(reference);
    if (living === undefined) return undefined;
    living.csrfToken ??= csrfTokenOf(secret);
    return { ...living.record, key: living.key, reference, csrfToken: living.csrfToken };
  }

  /** The session of this reference, kept alive by this use; undefined when it has ended. */
  async useReference(reference: string): Promise<SessionRecord | undefined> {
    return (await this.used(reference))?.record;
  }

  private async used(reference: string) {
    const idle = this.limits.sessionMaxInactiveInterval;
    const known = this.opened.get(reference);
    const key = known?.key ?? this.sealed.keyOf(reference);
    const text = await this.gate.run(redis => redis.getex(sessionKey(key), 'EX', idle));
    const opened = known?.text === text ? known : this.sealed.open(key, text);
    if (opened !== undefined && opened !== known) this.opened.set(reference, opened);
    const living = await this.living(opened);
    if (living === undefined) return undefined;
    const { record, endsAt } = living;
    if (record.unasked === true) await this.keep(key, record);
    else if (endsAt < Math.min(Date.now() + idle * 1000, this.sealed.absoluteEnd(record)))
      await this.prolong(key, record);
    return living;
  }

  /** Ends a session for good, whatever Redis says afterwards. */
  async end(session: SessionRecord, key: string): Promise<void> {
    const account = accountIn(session);
    const lists = [this.sealed.listKey(account, false), this.sealed.listKey(account, true)];
    await Promise.all([
      this.ended.add(key, this.sealed.absoluteEnd(session)),
      this.gate.run(redis => Promise.all([redis.del(sessionKey(key)), ...lists.map(list => redis.zrem(list, key))])),
    ]);
  }

  /** The living sessions of an account, newest first. */
  async list(account: AccountName): Promise<readonly ListedSession[]> {
    return this.gate.run(async redis => {
      const lists = await Promise.all(
        [false, true].map(unasked => redis.zrange(this.sealed.listKey(account, unasked), '0', '-1')),
      );
      const keys = new Set(lists.flat());
      const sessions = await Promise.all([...keys].map(key => this.listed(redis, key)));
      return sessions
        .filter(session => session !== undefined)
        .filter(session => isSameAccount(accountIn(session), account))
        .sort((left, right) => right.createdAt - left.createdAt);
    });
  }

  /** One living session by what it is kept under: the others of its account are not looked at. */
  find(key: string): Promise<ListedSession | undefined> {
    return this.gate.run(redis => this.listed(redis, key));
  }

  private async listed(redis: RedisConnection, key: string): Promise<ListedSession | undefined> {
    const [text, remaining] = await results(redis.multi().get(sessionKey(key)).pttl(sessionKey(key)));
    const living = await this.living(this.sealed.open(key, text as string | null));
    if (living === undefined) return undefined;
    const expiresAt = Math.min(Date.now() + (remaining as number), living.endsAt);
    return expiresAt <= Date.now() ? undefined : { ...living.record, key, expiresAt };
  }

  /** A session that neither its time nor its user ended. */
  private async living(opened: OpenedSession | undefined) {
    if (opened === undefined || Date.now() >= Math.min(opened.endsAt, this.sealed.absoluteEnd(opened.record)))
      return undefined;
    return (await this.ended.has(opened.key)) ? undefined : opened;
  }

  /** The client came back with the cookie: the session counts among those of people from now on. */
  private async keep(key: string, kept: SessionRecord): Promise<void> {
    const record = { ...kept };
    delete record.unasked;
    const [people, unasked] = [
      this.sealed.listKey(accountIn(record), false),
      this.sealed.listKey(accountIn(record), true),
    ];
    const { sessionMaxInactiveInterval: idle, sessionMaxLifetime } = this.limits;
    await this.gate.run(async redis => {
      // Listed first: a session that stays unasked after a failure is kept at its next use, one that is in no list never.
      await results(redis.multi().zadd(people, record.createdAt, key).expire(people, sessionMaxLifetime));
      await redis.set(sessionKey(key), this.sealed.seal(key, record, idle), 'EX', idle, 'XX');
      await redis.zrem(unasked, key);
    });
  }

  private async prolong(key: string, record: SessionRecord): Promise<void> {
    const idle = this.limits.sessionMaxInactiveInterval;
    await this.gate.run(redis => redis.set(sessionKey(key), this.sealed.seal(key, record, idle), 'EX', idle, 'XX'));
  }
}

async function removeKeys(redis: RedisConnection, list: string, keys: readonly string[]): Promise<void> {
  // From the list last: what could not be deleted is tried again when the next session is opened.
  await Promise.all(keys.map(key => redis.del(sessionKey(key))));
  await redis.zrem(list, ...keys);
}

/** The answers of a transaction, whose commands are about one key. @throws the first error among them. */
async function results(transaction: ReturnType<RedisConnection['multi']>): Promise<unknown[]> {
  const answers = await transaction.exec();
  if (answers === null) throw new Error('Redis gave the transaction up');
  return answers.map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
}
