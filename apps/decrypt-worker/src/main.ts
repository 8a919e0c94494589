// First: the flags of the heap have to be there before it grows.
import '#media-heap';
import { WorkerAnnouncement, workerRegistrationType } from '#contracts';
import { MessageSigner } from '#grants';
import {
  connectRedis,
  pingRedis,
  productVersion,
  RedisMetrics,
  requireSections,
  runService,
  warnOfMemoryExposure,
  type ServiceContext,
} from '#platform';
import { redisTls } from '#tls';
import { Heartbeat } from './registration/heartbeat.js';
import { workerParts } from './worker-parts.js';

runService('decrypt-worker', async (context: ServiceContext) => {
  const { instance, logger, readiness } = context;
  warnOfMemoryExposure(logger, 'session keys and media');
  const configuration = requireSections(context.configuration, 'decryptWorker', 'internalTls', 'redis');
  const settings = configuration.decryptWorker;
  const parts = workerParts(context, configuration);
  const { identity, dataPlane, keyWatch, sessions, vaults, identities, storages } = parts;
  keyWatch.start();
  const address = await dataPlane.listen(settings.listen.host, settings.listen.port);
  const { socketDirectory: directory } = settings;
  if (directory !== false)
    await dataPlane.listenOnSocket({ directory, option: 'decryptWorker.socketDirectory' }, instance);
  const url = settings.advertisedUrl ?? `https://${settings.listen.host}:${address.port}`;

  const redis = connectRedis(configuration.redis, logger, redisTls(configuration.redis));
  new RedisMetrics(context.metrics).observe(redis);
  readiness.addForStart('redis', () => pingRedis(redis));
  const registration = () => ({
    instance,
    url,
    inFlight: dataPlane.inFlight,
    version: productVersion(),
    certificate: identities.current.thumbprint,
  });
  const announcement = new WorkerAnnouncement(redis, new MessageSigner(identity, workerRegistrationType));
  const heartbeat = new Heartbeat(announcement, registration, settings.heartbeatIntervalMs, logger);
  heartbeat.start();
  logger.info({ dataPlane: url }, 'data plane listens');

  return {
    management: settings.management,
    drain: () => heartbeat.stop(),
    async stop(deadline) {
      await dataPlane.close(deadline);
      keyWatch.stop();
      sessions.clear();
      vaults.close();
      parts.sessionKeys.close();
      await storages.close();
      redis.disconnect();
    },
  };
});
