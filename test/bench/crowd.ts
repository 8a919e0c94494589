import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { certificateThumbprint } from '#grants';
import {
  connectRedis,
  createLogger,
  loadConfiguration,
  loadInternalIdentity,
  requireSections,
  type RedisConnection,
} from '#platform';
import { Heartbeat } from '../../apps/decrypt-worker/src/registration/heartbeat.js';
import { replicasPrefix, type ReplicatedServices } from '../support/cluster/replicated-services.js';
import type { ReadyLine } from '../support/cluster/running-cluster.js';
import { SignedRegistrations } from '../support/redis/signed-registrations.js';
import { waitFor } from '../support/waiting/wait-for.js';

const logger = createLogger('bench', 'bench', 'silent');
const heartbeatIntervalMs = 1000;

/** Registrations that are beaten as workers beat theirs; whoever is sent to one meets a real worker. */
export class Crowd {
  private constructor(
    readonly redis: RedisConnection,
    readonly size: number,
    private readonly heartbeats: readonly Heartbeat[],
  ) {}

  static of({ dataDir }: ReadyLine, { workers }: ReplicatedServices, size: number): Crowd {
    const identity = (role: string) => {
      const file = (name: string): string => join(dataDir, 'internal-tls', name);
      return loadInternalIdentity({
        caFile: file('ca.pem'),
        certificateFile: file(`${role}.pem`),
        keyFile: file(`${role}.key`),
      });
    };
    const { redis: settings } = requireSections(loadConfiguration(join(dataDir, 'application.yaml'), {}), 'redis');
    const redis = connectRedis({ ...settings, keyPrefix: replicasPrefix }, logger);
    const worker = identity('decrypt-worker');
    const registrations = SignedRegistrations.of(worker, identity('playback-gateway'));
    // Grants count in the hands of the certificate that they name, which is that of both real workers.
    const certificate = certificateThumbprint(new X509Certificate(worker.certificatePem).raw);
    const urls = workers.map(
      ({ definition }) => `https://127.0.0.1:${definition.environment.RCS_DECRYPT_WORKER__LISTEN__PORT}`,
    );
    const heartbeats = Array.from({ length: size - workers.length }, (_, index) => {
      const of = { instance: `decrypt-worker-host-${index}`, url: urls[index % urls.length]!, certificate };
      const registration = () => ({ ...of, inFlight: 0, version: '0.1.0' });
      return new Heartbeat(registrations.announcement(redis), registration, heartbeatIntervalMs, logger);
    });
    heartbeats.forEach(heartbeat => heartbeat.start());
    return new Crowd(redis, size, heartbeats);
  }

  async isKnownTo({ gateways }: ReplicatedServices): Promise<void> {
    for (const gateway of gateways) {
      const knowsAll = async (): Promise<boolean> => (await gateway.metric('rcs_workers_available')) >= this.size;
      await waitFor(`${gateway.definition.name} to know of ${this.size} workers`, knowsAll);
    }
  }

  async leave(): Promise<void> {
    await Promise.all(this.heartbeats.map(heartbeat => heartbeat.stop()));
    this.redis.disconnect();
  }
}
