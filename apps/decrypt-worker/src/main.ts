// First: the flags of the heap have to be there before it grows.
import '#media-heap';
import {
  connectRedis,
  DeniedPeers,
  LiveIdentity,
  pingRedis,
  RedisMetrics,
  requireSections,
  runService,
  warnOfMemoryExposure,
  WatchedSockets,
  type ServiceContext,
} from '#platform';
import { redisTls } from '#tls';
import { startWorker } from './start-worker.js';

runService('decrypt-worker', async (context: ServiceContext) => {
  const { instance, logger, readiness } = context;
  warnOfMemoryExposure(logger, 'session keys and media');
  const configuration = requireSections(context.configuration, 'decryptWorker', 'internalTls', 'redis');
  const identity = LiveIdentity.watch(context, configuration.internalTls);
  const sockets = new WatchedSockets(new DeniedPeers(identity, logger, context.metrics), identity);
  const redis = connectRedis(configuration.redis, logger, redisTls(configuration.redis));
  new RedisMetrics(context.metrics).observe(redis);
  readiness.addForStart('redis', () => pingRedis(redis));
  const worker = await startWorker({ context, configuration, identity, sockets, redis, instance });
  return {
    management: configuration.decryptWorker.management,
    drain: () => worker.drain(),
    async stop(deadline) {
      await worker.stop(deadline);
      redis.disconnect();
    },
  };
});
