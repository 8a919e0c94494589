import type { ChainableCommander, Redis } from 'ioredis';
import { z } from 'zod';

export const workerRegistrationSchema = z.object({
  instance: z.string().min(1).max(256),
  /** https URL of the data plane. */
  url: z.url({ protocol: /^https$/ }),
  /** Streams this worker was sending at its last heartbeat. */
  inFlight: z.int().min(0),
  version: z.string(),
});

/** What a worker says of itself at every heartbeat. */
export type WorkerRegistration = Readonly<z.output<typeof workerRegistrationSchema>>;

const indexKey = 'workers';
const registrationKey = (instance: string): string => `worker:${instance}`;

/** The decrypt workers that are alive, kept in Redis: a registration disappears when its heartbeats stop. */
export class WorkerRegistry {
  constructor(private readonly redis: Redis) {}

  /** Announces or refreshes a worker for `timeToLiveMs`. */
  async announce(registration: WorkerRegistration, timeToLiveMs: number): Promise<void> {
    await execute(
      this.redis
        .multi()
        .sadd(indexKey, registration.instance)
        .set(registrationKey(registration.instance), JSON.stringify(registration), 'PX', timeToLiveMs),
    );
  }

  async withdraw(instance: string): Promise<void> {
    await execute(this.redis.multi().srem(indexKey, instance).del(registrationKey(instance)));
  }

  /** All live workers; registrations we cannot read are left out, expired ones are removed from the index. */
  async list(): Promise<WorkerRegistration[]> {
    const instances = await this.redis.smembers(indexKey);
    if (instances.length === 0) return [];
    const values = await this.redis.mget(instances.map(registrationKey));
    const expired = instances.filter((_, index) => values[index] === null);
    if (expired.length > 0) await this.redis.srem(indexKey, ...expired);
    return values.flatMap(value => {
      const parsed = value === null ? undefined : workerRegistrationSchema.safeParse(tryJson(value));
      return parsed?.success === true ? [parsed.data] : [];
    });
  }
}

/** Redis carries out a transaction although one of its commands fails, and reports that in the result only. */
async function execute(transaction: ChainableCommander): Promise<void> {
  const results = (await transaction.exec()) ?? [];
  for (const [error] of results) if (error !== null) throw error;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
