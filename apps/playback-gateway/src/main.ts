import type { Server as SecureServer } from 'node:https';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { auditCheckpointType, StatementSigner } from '#grants';
import {
  closeServer,
  describeError,
  letHeapGrow,
  loadInternalIdentity,
  NestLogger,
  RedisMetrics,
  requireSections,
  runService,
  warnOfMemoryExposure,
  type InternalTlsConfiguration,
  type Logger,
  type PublicRoute,
  type ServerSettings,
  type ServiceContext,
} from '#platform';
import { openSqliteStore } from '#store';
import { serverTls } from '#tls';
import { decideAccess, demandAccessRules } from './access/access.hook.js';
import { accessSteps } from './access-steps.js';
import { AuditCheckpoints } from './audit/audit-checkpoints.js';
import { CrossOriginPolicy } from './cors/cross-origin-policy.js';
import { guardOrigins } from './cors/cross-origin.hook.js';
import { Directories } from './authentication/directory/directories.js';
import { CertificateBackground } from './certificate-background.js';
import { acceptForms } from './certificates/upload/form-body.js';
import { GatewayMetrics } from './metrics/gateway-metrics.js';
import { answerExpectations, askForBodies } from './http/expect-continue.js';
import { ExternalUrl } from './http/external-url.js';
import { drainRefusedBodies } from './http/drain-refused.hook.js';
import { checkHeaderSections } from './http/header-section.hook.js';
import { acceptShallowJson } from './http/json-body.js';
import { listRoutes } from './http/listed-routes.js';
import { addAnswerHeaders } from './http/request-id.hook.js';
import { traceRequests } from './http/request-context.hook.js';
import { logRequests } from './http/request-log.hook.js';
import { serverOptions } from './http/server-options.js';
import type { GatewayConfiguration, GatewayParts, RedisConnection } from './dependencies/gateway-dependencies.js';
import { PlaybackGatewayModule } from './playback-gateway.module.js';
import { REDIS } from './dependencies/injection-tokens.js';
import { OwnPort } from './local-key-manager/own-port.js';
import { HawkAdmission } from './local-key-manager/hawk-admission.js';
import { checkHawkPayloads } from './local-key-manager/hawk-payload.hook.js';
import { warnOfSharedStorages } from './media-index/shared-storages.js';
import { FinishedPlaybacks } from './playback/finished-playbacks.js';
import { StoreMetrics } from './metrics/store-metrics.js';
import { PlayTicketDesk } from './tickets/play-ticket-desk.js';
import { playTicketType, playTicketVerifier } from './tickets/play-ticket.js';
import { WorkerConnections } from './workers/worker-connections.js';
import { WorkerDirectory } from './workers/worker-directory.js';

letHeapGrow();
runService('playback-gateway', async (context: ServiceContext) => {
  const configuration = requireSections(context.configuration, 'internalTls', 'redis', 'store');
  warnOfMemoryExposure(context.logger, 'passwords and tokens');
  const opened = await openSqliteStore({ directory: configuration.store.directory, auditWriter: context.instance });
  const store = new StoreMetrics(context.metrics).measured(opened);
  const checkpoints = await createCheckpoints(configuration, context.logger);
  await checkpoints.start();
  const audit = checkpoints.observe(store.audit);
  await warnOfSharedStorages(configuration.mediaStorages, store.contactCenters, context.logger);
  const { app, routes, ownPort } = await createApplication({ context, configuration, store, audit });
  const redis: RedisConnection = app.get(REDIS);
  new RedisMetrics(context.metrics).observe(redis);
  const directory = app.get(WorkerDirectory);
  await directory.start();
  const certificates = new CertificateBackground(app);
  certificates.start();

  context.readiness.add('redis', async () => {
    await redis.ping();
  });
  context.readiness.add('store', () => store.check());
  context.readiness.add('workers', () => {
    if (directory.count === 0) throw new Error('no decrypt worker is registered');
  });
  await listen(app, configuration.serverSettings, context.logger);
  const ownServer = await ownPort?.listen(configuration.serverSettings);
  context.live.onChange(next =>
    takeIdentity(app, checkpoints, requireSections(next, 'internalTls').internalTls, context.logger),
  );
  if (configuration.serverSettings.enableSsl) {
    const servers = [app.getHttpServer(), ...(ownServer === undefined ? [] : [ownServer])];
    followPublicTls(servers as unknown as SecureServer[], configuration.serverSettings, context);
  }

  return {
    management: configuration.serverSettings.management,
    routes,
    async stop(deadline) {
      // At the deadline connections are cut, and players resume with a range elsewhere.
      const playing = closeServer(app.getHttpServer(), deadline, () => app.close());
      await Promise.all([playing, ownPort?.close()]);
      await app.get(FinishedPlaybacks).flush();
      await directory.stop();
      app.get(Directories).close();
      await certificates.stop();
      await checkpoints.stop();
      redis.disconnect();
      await store.close();
    },
  };
});

async function createCheckpoints(
  { audit, store, internalTls }: GatewayConfiguration,
  logger: Logger,
): Promise<AuditCheckpoints> {
  const signer = await StatementSigner.create(loadInternalIdentity(internalTls), auditCheckpointType);
  const file = audit.checkpointFile ?? join(store.directory, 'audit-checkpoints.jsonl');
  return new AuditCheckpoints(signer, { file, intervalMs: audit.checkpointIntervalMs }, logger);
}

interface Application {
  readonly app: NestFastifyApplication;
  readonly routes: readonly PublicRoute[];
  /** The local key manager's, where it has one. */
  readonly ownPort: OwnPort | undefined;
}

async function createApplication(parts: GatewayParts): Promise<Application> {
  const { context, configuration } = parts;
  const adapter = new FastifyAdapter(serverOptions(configuration.serverSettings, context.logger));
  const fastify = adapter.getInstance();
  demandAccessRules(fastify);
  const routes = listRoutes(fastify);
  answerExpectations(fastify.server);
  askForBodies(fastify);
  drainRefusedBodies(fastify);
  fastify.removeContentTypeParser('text/plain');
  traceRequests(fastify, context.tracer);
  acceptShallowJson(fastify);
  acceptForms(fastify);
  addAnswerHeaders(fastify);
  checkHeaderSections(fastify, configuration.serverSettings.maxHeaderCount);
  const app = await NestFactory.create<NestFastifyApplication>(PlaybackGatewayModule.forRoot(parts), adapter, {
    logger: new NestLogger(context.logger),
    bodyParser: false,
    abortOnError: false,
  });
  logRequests(fastify, context.logger, app.get(GatewayMetrics));
  guardOrigins(fastify, app.get(CrossOriginPolicy));
  const ownPort = ownPortOf(app, configuration);
  const hasLocalKeyManager = configuration.localKeyManager?.enabled === true;
  if (hasLocalKeyManager) checkHawkPayloads(fastify, app.get(HawkAdmission));
  decideAccess(fastify, accessSteps(app, hasLocalKeyManager));
  return { app, routes, ownPort };
}

/** The local key manager may have a port of its own. */
function ownPortOf(app: NestFastifyApplication, { localKeyManager }: GatewayConfiguration): OwnPort | undefined {
  const address = localKeyManager?.enabled === true ? localKeyManager.listen : undefined;
  return address === undefined ? undefined : new OwnPort(app.getHttpAdapter().getInstance(), address);
}

async function listen(app: NestFastifyApplication, settings: ServerSettings, logger: Logger): Promise<void> {
  const configured = (settings.enableSsl ? settings.ssl?.port : undefined) ?? settings.listen.port;
  await app.listen(configured, settings.listen.host);
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : configured;
  const url = `${settings.enableSsl ? 'https' : 'http'}://${settings.listen.host}:${port}`;
  app.get(ExternalUrl).listensAt(url);
  logger.info({ url }, 'gateway listens');
}

/** A renewed certificate or another authority inside the cluster: for everything that begins from now on. */
async function takeIdentity(
  app: NestFastifyApplication,
  checkpoints: AuditCheckpoints,
  configuration: InternalTlsConfiguration,
  logger: Logger,
): Promise<() => void> {
  const identity = loadInternalIdentity(configuration);
  const tickets = await StatementSigner.create(identity, playTicketType);
  const vouchers = await StatementSigner.create(identity, auditCheckpointType);
  return () => {
    app.get(PlayTicketDesk).useIdentity(tickets, playTicketVerifier(identity.caPem));
    checkpoints.signWith(vouchers);
    app
      .get(WorkerConnections)
      .useIdentity(identity)
      .catch((error: unknown) => {
        logger.warn({ error: describeError(error) }, 'connections with the former identity could not be closed');
      });
  };
}

/** A renewed certificate for players: open connections go on, new ones see it. */
function followPublicTls(
  servers: readonly SecureServer[],
  settings: ServerSettings,
  { certificates, live }: ServiceContext,
): void {
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
