import type { RedisConnection } from '#platform';
import { WorkerAnnouncement, WorkerRegistry, workerRegistrationType } from '#contracts';
import { MessageSigner, MessageVerifier } from '#grants';
import type { InternalIdentity } from '#platform';
import { InternalAuthority } from '../authority/internal-authority.js';

/** The registry of workers as a worker and a gateway of one cluster see it. */
export class SignedRegistrations {
  private constructor(
    private readonly worker: InternalIdentity,
    private readonly gateway: InternalIdentity,
  ) {}

  static async create(): Promise<SignedRegistrations> {
    const authority = await InternalAuthority.create();
    return new SignedRegistrations(await authority.issue('decrypt-worker'), await authority.issue('playback-gateway'));
  }

  /** Of a cluster whose identities these are. */
  static of(worker: InternalIdentity, gateway: InternalIdentity): SignedRegistrations {
    return new SignedRegistrations(worker, gateway);
  }

  announcement(redis: RedisConnection): WorkerAnnouncement {
    return new WorkerAnnouncement(redis, new MessageSigner({ current: this.worker }, workerRegistrationType));
  }

  registry(
    redis: RedisConnection,
    refused: (instance: string, why: unknown) => void = () => undefined,
  ): WorkerRegistry {
    const verifier = new MessageVerifier({ current: this.gateway }, 'decrypt-worker', workerRegistrationType);
    return new WorkerRegistry(redis, verifier, refused);
  }
}
