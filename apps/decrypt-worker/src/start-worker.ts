import { WorkerAnnouncement, workerRegistrationType, type OwnWorker, type WorkerRegistration } from '#contracts';
import { MessageSigner } from '#grants';
import { productVersion, type RedisConnection, type ServiceContext } from '#platform';
import { Heartbeat } from './registration/heartbeat.js';
import { workerParts, type DecryptWorkerConfiguration, type WorkerIdentity } from './worker-parts.js';

/** What a worker finds in its process. */
export interface WorkerSurroundings extends WorkerIdentity {
  readonly context: ServiceContext;
  readonly configuration: DecryptWorkerConfiguration;
  readonly redis: RedisConnection;
  /** Its name in the registry, like that of no other. */
  readonly instance: string;
}

export interface StartedWorker extends OwnWorker {
  /** Gateways find it no more. */
  drain(): Promise<void>;
  /** At the deadline what is under way is cut. */
  stop(deadline: AbortSignal): Promise<void>;
}

/** Starts a worker: it listens, hears of disabled keys, and is found by gateways. */
export async function startWorker(surroundings: WorkerSurroundings): Promise<StartedWorker> {
  const { context, configuration, identity, redis, instance } = surroundings;
  const { logger } = context;
  const settings = configuration.decryptWorker;
  const parts = workerParts(context, configuration, surroundings);
  const { dataPlane, keyWatch, sessions, vaults, identities, storages } = parts;
  keyWatch.start();
  const address = await dataPlane.listen(settings.listen.host, settings.listen.port);
  const { socketDirectory: directory } = settings;
  if (directory !== false)
    await dataPlane.listenOnSocket({ directory, option: 'decryptWorker.socketDirectory' }, instance);
  const url = settings.advertisedUrl ?? `https://${settings.listen.host}:${address.port}`;
  const registration = (): WorkerRegistration => ({
    instance,
    url,
    inFlight: dataPlane.inFlight,
    version: productVersion(),
    certificate: identities.current.thumbprint,
    contentTreeParts: true,
  });
  const announcement = new WorkerAnnouncement(redis, new MessageSigner(identity, workerRegistrationType));
  const heartbeat = new Heartbeat(announcement, registration, settings.heartbeatIntervalMs, logger);
  heartbeat.start();
  logger.info({ dataPlane: url }, 'data plane listens');
  return {
    instance,
    ask: (...asked) => dataPlane.ask(...asked),
    drain: () => heartbeat.stop(),
    async stop(deadline) {
      await dataPlane.close(deadline);
      keyWatch.stop();
      sessions.clear();
      vaults.close();
      parts.sessionKeys.close();
      await storages.close();
    },
  };
}
