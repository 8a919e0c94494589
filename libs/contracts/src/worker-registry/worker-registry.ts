import { z } from 'zod';
import type { RedisConnection } from '#platform';

export const workerRegistrationSchema = z.object({
  instance: z.string().min(1).max(256),
  /** https URL of the data plane. */
  url: z.url({ protocol: /^https$/ }),
  /** Streams this worker was sending at its last heartbeat. */
  inFlight: z.int().min(0),
  version: z.string(),
  /** SHA-256 of its certificate, base64url, which grants for it name; absent from workers of before. */
  certificate: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
  /** Takes parts of content trees in the place of whole ones; absent from workers of before. */
  contentTreeParts: z.literal(true).optional(),
});

/** What a worker says of itself at every heartbeat. */
export type WorkerRegistration = Readonly<z.output<typeof workerRegistrationSchema>>;

const indexKey = 'workers';
const registrationKey = (instance: string): string => `worker:${instance}`;
/** The `typ` of a signed registration. */
export const workerRegistrationType = 'rcs-worker-registration+jws';
/** A registration that says nothing new is signed again after this time: well within the time that a signature counts. */
const signAgainAfterMs = 15_000;
/**
 * So long a gateway takes a registration that it verified for verified, by a clock that nobody sets: while the clocks of
 * machines are being set, one after the other, workers stay known although what they sign meanwhile names another time.
 */
const verifiedForMs = 30_000;

/** Proves that a worker said it. */
export interface RegistrationSigner {
  sign(registration: WorkerRegistration): string;
}

export interface RegistrationVerifier {
  /** What a worker said. @throws Error where it was no worker, or long ago. */
  read(signed: string): unknown;
}

/**
 * What stands in Redis. Everything beside `signed` is for gateways of before, which read it and nothing else; whoever
 * can write to Redis can write that, too.
 */
type StoredRegistration = WorkerRegistration & { readonly signed: string };

interface KnownRegistration {
  readonly signed: string;
  readonly registration: WorkerRegistration;
  /** Monotonic, milliseconds. */
  readonly verifiedAt: number;
}

/** A worker's own place in the registry: it disappears when its heartbeats stop. */
export class WorkerAnnouncement {
  private last: { readonly says: string; readonly signed: string; readonly at: number } | undefined;

  constructor(
    private readonly redis: RedisConnection,
    private readonly signer: RegistrationSigner,
  ) {}

  /** Announces or refreshes a worker for `timeToLiveMs`. */
  async announce(registration: WorkerRegistration, timeToLiveMs: number): Promise<void> {
    const stored: StoredRegistration = { ...registration, signed: this.signed(registration) };
    // Apart, and not as a transaction: in a cluster they have places on two nodes. The next heartbeat mends what is half done.
    await Promise.all([
      this.redis.sadd(indexKey, registration.instance),
      this.redis.set(registrationKey(registration.instance), JSON.stringify(stored), 'PX', timeToLiveMs),
    ]);
  }

  async withdraw(instance: string): Promise<void> {
    await Promise.all([this.redis.srem(indexKey, instance), this.redis.del(registrationKey(instance))]);
  }

  private signed(registration: WorkerRegistration): string {
    const says = JSON.stringify(registration);
    const now = Date.now();
    // A signature names its time: after the clock was set, back as well, a new one is due.
    const isFresh = this.last !== undefined && this.last.at <= now && now - this.last.at < signAgainAfterMs;
    if (isFresh && this.last?.says === says) return this.last.signed;
    const signed = this.signer.sign(registration);
    this.last = { says, signed, at: now };
    return signed;
  }
}

/** The decrypt workers that are alive, as they say themselves. */
export class WorkerRegistry {
  /** What was read last, by instance: workers that have nothing to do say the same for a while. */
  private known: ReadonlyMap<string, KnownRegistration> = new Map();
  private refusedBefore: ReadonlySet<string> = new Set();

  /** @param refused is told once of a registration that no worker signed, or that is another worker's. */
  constructor(
    private readonly redis: RedisConnection,
    private readonly verifier: RegistrationVerifier,
    private readonly refused: (instance: string, why: unknown) => void,
  ) {}

  /**
   * All live workers. Of one whose registration is refused, what was verified before counts for `verifiedForMs`, then
   * nothing; expired registrations are removed from the index.
   */
  async list(): Promise<WorkerRegistration[]> {
    const instances = await this.redis.smembers(indexKey);
    if (instances.length === 0) return [];
    const values = await valuesOf(this.redis, instances.map(registrationKey));
    const expired = instances.filter((_, index) => values[index] === null);
    if (expired.length > 0) await this.redis.srem(indexKey, ...expired);
    const known = new Map<string, KnownRegistration>();
    const refused = new Set<string>();
    for (const [index, instance] of instances.entries()) {
      const text = values[index];
      if (text === null || text === undefined) continue;
      try {
        known.set(instance, this.read(instance, text));
      } catch (error) {
        refused.add(instance);
        if (!this.refusedBefore.has(instance)) this.refused(instance, error);
        const before = this.known.get(instance);
        if (before !== undefined && isFresh(before)) known.set(instance, before);
      }
    }
    this.known = known;
    this.refusedBefore = refused;
    return [...known.values()].map(({ registration }) => registration);
  }

  /** Verifies all anew at the next reading, as when other certificates count. */
  forget(): void {
    this.known = new Map();
  }

  private read(instance: string, text: string): KnownRegistration {
    const { signed } = JSON.parse(text) as { readonly signed?: unknown };
    if (typeof signed !== 'string') throw new Error('nobody signed it');
    const before = this.known.get(instance);
    if (before?.signed === signed && isFresh(before)) return before;
    const registration = workerRegistrationSchema.parse(this.verifier.read(signed));
    if (registration.instance !== instance) throw new Error(`it is the registration of ${registration.instance}`);
    return { signed, registration, verifiedAt: performance.now() };
  }
}

function isFresh({ verifiedAt }: KnownRegistration): boolean {
  return performance.now() - verifiedAt < verifiedForMs;
}

/** In one command where one Redis has them all; a cluster has them on several nodes. */
function valuesOf(redis: RedisConnection, keys: readonly string[]): Promise<(string | null)[]> {
  return redis.isCluster ? Promise.all(keys.map(key => redis.get(key))) : redis.mget([...keys]);
}
