import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { entriesAtMost, millisecondsUntil, type ServerSettings } from '#platform';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { RedisGate } from '../redis/redis-gate.js';
import { RecordSeals, type SealedRecords } from '../redis/sealed-records.js';
import type { PlayTicket } from './play-ticket.js';

/** Seeking shows the same ticket many times: its first use is written, and found, once. */
const remembered = 5000;

/**
 * Which tickets were used in their time, on any gateway. `play-ticket:<digest of its id>` says so, sealed: a place of its
 * own for each ticket, so that whoever writes Redis can make no other ticket live on.
 */
@Injectable()
export class TicketsInUse {
  private readonly known = new LRUCache<string, true>(entriesAtMost(remembered));
  private readonly seals: SealedRecords;
  private readonly digest: (...parts: readonly string[]) => string;
  private readonly lifetimeMs: number;

  constructor(
    private readonly gate: RedisGate,
    keys: GatewayKeys,
    seals: RecordSeals,
    @Inject(SERVER_SETTINGS) { sessionMaxLifetime }: Pick<ServerSettings, 'sessionMaxLifetime'>,
  ) {
    this.seals = seals.for('play tickets in use');
    this.digest = keys.digests('names of play tickets');
    this.lifetimeMs = sessionMaxLifetime * 1000;
  }

  /** @throws RcsError RCS_SESSION_UNAVAILABLE */
  async has({ jti }: PlayTicket): Promise<boolean> {
    if (this.known.has(jti)) return true;
    const place = this.placeOf(jti);
    const found = this.seals.open(place, await this.gate.run(redis => redis.get(place))) !== undefined;
    if (found) this.known.set(jti, true);
    return found;
  }

  /** @throws RcsError RCS_SESSION_UNAVAILABLE */
  async add({ jti, iat }: PlayTicket): Promise<void> {
    if (this.known.has(jti)) return;
    const place = this.placeOf(jti);
    const endsAt = iat * 1000 + this.lifetimeMs;
    const lifetimeMs = Math.max(1, millisecondsUntil(endsAt));
    await this.gate.run(redis => redis.set(place, this.seals.seal(place, {}, endsAt), 'PX', lifetimeMs));
    this.known.set(jti, true);
  }

  private placeOf(jti: string): string {
    return `play-ticket:${this.digest('ticket', jti)}`;
  }
}
