import { Injectable } from '@nestjs/common';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { RedisGate } from '../redis/redis-gate.js';
import { RecordSeals, type SealedRecords } from '../redis/sealed-records.js';
import { FlooredAttemptWindow, LocalAttemptWindow, SharedAttemptWindow, type AttemptWindow } from './attempt-window.js';

/**
 * Where attempts and known places are kept: in Redis, which is not trusted. Its names tell nobody who and where; who
 * deletes counters there gains no more than one gateway allows by itself; who writes there makes no place known.
 */
@Injectable()
export class ThrottleStorage {
  /** What this gateway alone has seen. */
  readonly local: AttemptWindow = new LocalAttemptWindow();
  /** All gateways together, and never less than this one alone. */
  readonly shared: AttemptWindow;
  private readonly name: (key: string) => string;
  private readonly seals: SealedRecords;

  constructor(
    private readonly gate: RedisGate,
    keys: GatewayKeys,
    seals: RecordSeals,
  ) {
    const digest = keys.digests('names of throttles');
    // What kind of counter it is may be seen, nothing else.
    this.name = key => `${key.split(':', 1).join('')}:${digest(key)}`;
    this.seals = seals.for('known places');
    this.shared = new FlooredAttemptWindow(new SharedAttemptWindow(gate, this.name), this.local);
  }

  async remember(key: string, lifetimeSeconds: number): Promise<void> {
    const name = this.name(key);
    const sealed = this.seals.seal(name, true, Date.now() + lifetimeSeconds * 1000);
    await this.gate.run(redis => redis.set(name, sealed, 'EX', lifetimeSeconds));
  }

  async isRemembered(key: string): Promise<boolean> {
    const name = this.name(key);
    return this.seals.open(name, await this.gate.run(redis => redis.get(name))) !== undefined;
  }
}
