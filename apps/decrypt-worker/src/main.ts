import { NestFactory } from '@nestjs/core';
import { WorkerRegistry } from '#contracts';
import { KeyVaultClient } from '#key-vault-client';
import { MediaStorages } from '#media-storage';
import {
  connectRedis,
  letHeapGrow,
  NestLogger,
  productVersion,
  RedisMetrics,
  requireSections,
  runService,
  warnOfMemoryExposure,
  type ServiceContext,
} from '#platform';
import { redisTls } from '#tls';
import { DataPlaneServer } from './data-plane/data-plane-server.js';
import { DecryptWorkerModule } from './decrypt-worker.module.js';
import { KeyWatch } from './key-watch/key-watch.js';
import { MediaSessionCache } from './media-session/media-session-cache.js';
import { Heartbeat } from './registration/heartbeat.js';

letHeapGrow();
runService('decrypt-worker', async (context: ServiceContext) => {
  const { instance, logger, readiness } = context;
  warnOfMemoryExposure(logger, 'session keys and media');
  const configuration = requireSections(context.configuration, 'decryptWorker', 'internalTls', 'redis');
  const settings = configuration.decryptWorker;
  const app = await NestFactory.createApplicationContext(DecryptWorkerModule.forRoot(context, configuration), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const dataPlane = app.get(DataPlaneServer);
  app.get(KeyWatch).start();
  const address = await dataPlane.listen(settings.listen.host, settings.listen.port);
  const url = settings.advertisedUrl ?? `https://${settings.listen.host}:${address.port}`;

  const redis = connectRedis(configuration.redis, logger, redisTls(configuration.redis));
  new RedisMetrics(context.metrics).observe(redis);
  readiness.add('redis', async () => {
    await redis.ping();
  });
  const registration = () => ({ instance, url, inFlight: dataPlane.inFlight, version: productVersion() });
  const heartbeat = new Heartbeat(new WorkerRegistry(redis), registration, settings.heartbeatIntervalMs, logger);
  heartbeat.start();
  logger.info({ dataPlane: url }, 'data plane listens');

  return {
    management: settings.management,
    drain: () => heartbeat.stop(),
    async stop(deadline) {
      await dataPlane.close(deadline);
      app.get(KeyWatch).stop();
      app.get(MediaSessionCache).clear();
      app.get(KeyVaultClient).close();
      await app.get(MediaStorages).close();
      redis.disconnect();
      await app.close();
    },
  };
});
