// First: the flags of the heap have to be there before it grows.
import '#media-heap';
import type { Server as SecureServer } from 'node:https';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyListenOptions } from 'fastify';
import {
  boundListener,
  closeServer,
  connectRedis,
  DeniedPeers,
  LiveIdentity,
  NestLogger,
  pingRedis,
  RedisMetrics,
  requireSections,
  runService,
  warnOfMemoryExposure,
  WatchedSockets,
  type PublicRoute,
  type ServerSettings,
  type ServiceContext,
} from '#platform';
import { openStore, sqliteDirectory, unusedCassandraOptions } from '#store';
import { checkTrustedCaFiles, redisTls, serverTls } from '#tls';
import { bodyBoundsOf } from './access/access-rule.js';
import { demandAccessRules } from './access/access.hook.js';
import { auditCheckpoints } from './audit/checkpoints/make-checkpoints.js';
import { startExport } from './audit/export/start-export.js';
import { warnOfUploadsThatCannotBe } from './certificates/certificate-policy.js';
import { acceptForms } from './certificates/upload/form-body.js';
import type { GatewayDependencies } from './dependencies/gateway-dependencies.js';
import { refuseWhileClosing } from './http/closing.hook.js';
import { answerExpectations, askForBodies } from './http/expect-continue.js';
import { listeningAt } from './http/external-url.js';
import { readForwardedFor } from './http/forwarded-for.hook.js';
import { checkHeaderSections } from './http/header-section.hook.js';
import { acceptShallowJson } from './http/json-body.js';
import { listRoutes } from './http/listed-routes.js';
import { answerOtherMethods } from './http/other-methods.js';
import { addAnswerHeaders } from './http/request-id.hook.js';
import { traceRequests } from './http/request-context.hook.js';
import { restoreMethods } from './http/routed-method.js';
import { serverOptions } from './http/server-options.js';
import { notePaths } from './http/unfinished-requests.js';
import { inProcessWorker } from './in-process-delivery.js';
import { LocalKeyManagerListener } from './local-key-manager/local-key-manager-listener.js';
import { warnOfSharedStorages } from './media-index/shared-storages.js';
import { observeAuditDisk } from './metrics/audit-disk-metrics.js';
import { StoreMetrics } from './metrics/store-metrics.js';
import { makeFirstAdministrator } from './users/first-administrator.js';
import { PlaybackGatewayModule } from './playback-gateway.module.js';

runService('playback-gateway', async (context: ServiceContext) => {
  const configuration = requireSections(context.configuration, 'internalTls', 'redis', 'store');
  checkTrustedCaFiles(configuration);
  warnOfMemoryExposure(context.logger, 'passwords and tokens');
  warnOfUploadsThatCannotBe(configuration.recordingCertificates, context.logger);
  const identity = LiveIdentity.watch(context, configuration.internalTls);
  const sockets = new WatchedSockets(new DeniedPeers(identity, context.logger, context.metrics), identity);
  for (const option of unusedCassandraOptions(configuration.cassandraCluster)) {
    context.logger.warn(`cassandraCluster.${option} has no use here: take it out`);
  }
  const opened = await openStore(configuration, { auditWriter: context.instance });
  const store = new StoreMetrics(context.metrics).measured(opened);
  // Of PostgreSQL its own exporter tells size and space.
  if (configuration.store.kind === 'sqlite') observeAuditDisk(context.metrics, sqliteDirectory(configuration.store));
  const { audit } = store;
  const checkpoints = await auditCheckpoints({ context, configuration, audit, identity });
  await checkpoints.start();
  const records = await startExport(context, configuration, store);
  const { users, contactCenters } = store;
  await makeFirstAdministrator(configuration.serverSettings, { users, contactCenters, audit }, context.logger);
  await warnOfSharedStorages(configuration.mediaStorages, store.contactCenters, context.logger);
  const redis = connectRedis(configuration.redis, context.logger, redisTls(configuration.redis));
  new RedisMetrics(context.metrics).observe(redis);
  context.readiness.addForStart('redis', () => pingRedis(redis));
  context.readiness.add('store', () => store.check());
  const ownWorker = await inProcessWorker(context, { redis, sockets });
  const { app, routes, listener } = await createApplication({
    context,
    configuration,
    store,
    checkpoints,
    identity,
    sockets,
    redis,
    ownWorker,
  });
  await listen(app, listener, context, configuration.serverSettings);

  return {
    management: configuration.serverSettings.management,
    routes,
    moreMetrics: ownWorker?.metrics,
    async stop(deadline) {
      // At the deadline connections are cut, and players resume with a range elsewhere.
      await closeServer(app.getHttpServer(), deadline, () => app.close());
      await ownWorker?.drain();
      await ownWorker?.stop(deadline);
      await checkpoints.stop();
      await records.stop();
      redis.disconnect();
      await store.close();
    },
  };
});

interface Application {
  readonly app: NestFastifyApplication;
  readonly routes: readonly PublicRoute[];
  /** The local key manager's, where it has one. */
  readonly listener: LocalKeyManagerListener | undefined;
}

async function createApplication(dependencies: GatewayDependencies): Promise<Application> {
  const { context, configuration } = dependencies;
  const adapter = new FastifyAdapter(serverOptions(configuration.serverSettings, context.logger));
  const fastify = adapter.getInstance();
  const settings = configuration.serverSettings;
  restoreMethods(fastify);
  demandAccessRules(fastify, bodyBoundsOf(settings));
  readForwardedFor(fastify, settings.trustedProxies, context.logger, settings.forwardedFields);
  const routes = listRoutes(fastify);
  const { limits } = settings;
  boundListener(fastify.server, { name: 'public', maxConnections: limits.maxConnections }, context.listeners);
  answerExpectations(fastify.server);
  askForBodies(fastify);
  fastify.removeContentTypeParser('text/plain');
  traceRequests(fastify, context.tracer);
  acceptShallowJson(fastify, limits.maxJsonDepth);
  acceptForms(fastify, limits);
  addAnswerHeaders(fastify);
  notePaths(fastify);
  refuseWhileClosing(fastify);
  checkHeaderSections(fastify, settings.maxHeaderCount);
  const { localKeyManager } = configuration;
  const ownAddress = localKeyManager?.enabled === true ? localKeyManager.listen : undefined;
  const listener =
    ownAddress === undefined
      ? undefined
      : new LocalKeyManagerListener(fastify, ownAddress, context.listeners, context.logger);
  const module = PlaybackGatewayModule.forRoot(dependencies, listener);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(context.logger),
    bodyParser: false,
    abortOnError: false,
  });
  await app.init();
  answerOtherMethods(fastify, routes);
  return { app, routes, listener };
}

/** Opens the ports; a renewed certificate for players is seen by new connections, open ones go on. */
async function listen(
  app: NestFastifyApplication,
  listener: LocalKeyManagerListener | undefined,
  { logger, certificates, live }: ServiceContext,
  settings: ServerSettings,
): Promise<void> {
  const port = (settings.enableSsl ? settings.ssl?.port : undefined) ?? settings.listen.port;
  const address: FastifyListenOptions & { reusePort: boolean } = { ...settings.listen, port };
  // Where gateways share the port, who opens it has its part of the connections: so it comes last.
  const own = await listener?.listen(settings);
  await app.listen(address);
  logger.info({ url: listeningAt(app.getHttpServer(), settings) }, 'gateway listens');
  if (!settings.enableSsl) return;
  const servers = [app.getHttpServer(), ...(own === undefined ? [] : [own])] as unknown as SecureServer[];
  let present = serverTls(settings);
  certificates.watchPem('public', () => present.cert);
  live.onChange(({ serverSettings }) => {
    const next = serverTls(serverSettings);
    return () => {
      for (const server of servers) server.setSecureContext(next);
      present = next;
    };
  });
}
