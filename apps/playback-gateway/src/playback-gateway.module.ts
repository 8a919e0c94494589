import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { WorkerRegistry } from '#contracts';
import { StatementSigner } from '#grants';
import { MediaStorages } from '#media-storage';
import { connectRedis, LiveIdentity } from '#platform';
import type { AuditLog, ContactCenterStore, RecordingStore, UserStore } from '#store';
import { redisTls } from '#tls';
import { AuditController } from './audit/audit.controller.js';
import { DenialRecord } from './audit/denial-record.js';
import { authenticationProviders } from './authentication/authentication.providers.js';
import { AuthenticationService } from './authentication/authentication.service.js';
import { Directories } from './authentication/directory/directories.js';
import { LoginRecord } from './authentication/login-record.js';
import { RequestAdmission } from './access/request-admission.js';
import { UserAdmission } from './access/user-admission.js';
import { AgentPlaces } from './authorisation/agent-places.js';
import { AuthorisationService } from './authorisation/authorisation.service.js';
import { certificateControllers, certificateProviders } from './certificate-providers.js';
import { ContactCenterOrigins } from './cors/contact-center-origins.js';
import { CrossOriginSettingsController } from './settings/cross-origin-settings.controller.js';
import { CrossOriginPolicy } from './cors/cross-origin-policy.js';
import { CsrfProtection } from './csrf/csrf-protection.js';
import { GatewayMetrics } from './metrics/gateway-metrics.js';
import type { GatewayConfiguration, GatewayParts, RedisConnection } from './dependencies/gateway-dependencies.js';
import { GrantDesk } from './grants/grant-desk.js';
import { ErrorFilter } from './http/error.filter.js';
import { ExternalUrl } from './http/external-url.js';
import {
  localKeyManagerControllers,
  localKeyManagerProviders,
} from './local-key-manager/local-key-manager.providers.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { mediaIndexProviders } from './media-index/media-index.providers.js';
import { MediaPinning } from './media-index/media-pinning.js';
import { EnvelopeLocator } from './playback/envelope-locator.js';
import { FinishedPlaybacks } from './playback/finished-playbacks.js';
import { MediaRelay } from './playback/media-relay.js';
import { PlaybackAdmission } from './playback/playback-admission.js';
import { PlaybackController } from './playback/playback.controller.js';
import { PlaybackService } from './playback/playback.service.js';
import { WorkerClient } from './workers/worker-client.js';
import { recordingProviders } from './recordings/recording.providers.js';
import { RecordingController, RecordingInsertionController } from './recordings/recording.controller.js';
import { IDENTITY, LOGGER, REDIS, storeTokens } from './dependencies/injection-tokens.js';
import { RedisGate } from './redis/redis-gate.js';
import { SessionCookie } from './sessions/session-cookie.js';
import { SessionController } from './access/session.controller.js';
import { SessionService } from './sessions/session.service.js';
import { SessionStore } from './sessions/session-store.js';
import { UserSessionController } from './access/user-session.controller.js';
import { LoginThrottle } from './throttling/login-throttle.js';
import { StreamLimit } from './throttling/stream-limit.js';
import { PlayTicketController } from './tickets/play-ticket.controller.js';
import { PlayTicketDesk } from './tickets/play-ticket-desk.js';
import { playTicketType, playTicketVerifier } from './tickets/play-ticket.js';
import { TicketAdmission } from './tickets/ticket-admission.js';
import { MeController } from './users/me.controller.js';
import { userControllers, userProviders } from './users/user.providers.js';
import { WorkerConnections } from './workers/worker-connections.js';
import { WorkerDirectory } from './workers/worker-directory.js';

/** Wires the gateway: HTTP in front, store beside, workers behind. */
@Module({})
export class PlaybackGatewayModule {
  static forRoot(parts: GatewayParts): DynamicModule {
    return {
      module: PlaybackGatewayModule,
      controllers: [
        PlaybackController,
        RecordingController,
        RecordingInsertionController,
        MeController,
        SessionController,
        UserSessionController,
        PlayTicketController,
        ...certificateControllers,
        ...localKeyManagerControllers(parts),
        OpenApiController,
        ...userControllers,
        AuditController,
        CrossOriginSettingsController,
      ],
      providers: [
        ...edge(parts),
        ...storage(parts),
        ...access(parts),
        ...userProviders(parts.configuration.serverSettings),
        ...web(parts),
        ...tickets(parts),
        ...workers(parts),
        ...playback(parts),
        ...mediaIndexProviders(parts),
        ...recordingProviders(parts),
        ...localKeyManagerProviders(parts),
        ...certificateProviders(parts),
      ],
    };
  }
}

function edge({ context, configuration, audit }: GatewayParts): Provider[] {
  return [
    { provide: LOGGER, useValue: context.logger },
    {
      provide: APP_FILTER,
      useFactory: (metrics: GatewayMetrics) => {
        const denials = new DenialRecord(audit, context.logger);
        return new ErrorFilter(context.logger, (error, request) => {
          metrics.errors.inc({ code: error.code });
          denials.refused(request, error);
        });
      },
      inject: [GatewayMetrics],
    },
    { provide: GatewayMetrics, useFactory: () => new GatewayMetrics(context.metrics) },
    { provide: ExternalUrl, useFactory: () => new ExternalUrl(configuration.serverSettings.externalUrl) },
    {
      provide: IDENTITY,
      useFactory: () => LiveIdentity.watch(context, configuration.internalTls),
    },
    {
      provide: REDIS,
      useFactory: () => connectRedis(configuration.redis, context.logger, redisTls(configuration.redis)),
    },
  ];
}

function storage({ store, audit, configuration }: GatewayParts): Provider[] {
  return [
    { provide: storeTokens.recordings, useValue: store.recordings },
    { provide: storeTokens.users, useValue: store.users },
    { provide: storeTokens.contactCenters, useValue: store.contactCenters },
    { provide: storeTokens.audit, useValue: audit },
    // The gateway never reads media; it only judges whether a location lies inside a storage.
    { provide: MediaStorages, useFactory: () => new MediaStorages(mediaLocations(configuration)) },
  ];
}

function access({ context, configuration }: GatewayParts): Provider[] {
  return [
    ...authenticationProviders(configuration, context.logger),
    {
      provide: AuthorisationService,
      useFactory: (
        users: UserStore,
        contactCenters: ContactCenterStore,
        directories: Directories,
        metrics: GatewayMetrics,
      ) =>
        new AuthorisationService(
          users,
          configuration.crRegion,
          (action, code) => metrics.denials.inc({ action, code }),
          new AgentPlaces(users, contactCenters, directories),
        ),
      inject: [storeTokens.users, storeTokens.contactCenters, Directories, GatewayMetrics],
    },
  ];
}

/** What stands between browsers and the API: sessions, CSRF tokens, origins. */
function web({ context, configuration }: GatewayParts): Provider[] {
  const settings = configuration.serverSettings;
  return [
    { provide: CsrfProtection, useFactory: () => new CsrfProtection(settings) },
    {
      provide: CrossOriginPolicy,
      useFactory: (contactCenters: ContactCenterStore) => {
        const timeToLiveMs = settings.crossOriginSettings.corsFilterCacheTimeToLive * 1000;
        const origins = new ContactCenterOrigins(contactCenters, timeToLiveMs, context.logger);
        return new CrossOriginPolicy(settings.crossOriginSettings, origins);
      },
      inject: [storeTokens.contactCenters],
    },
    { provide: RedisGate, useFactory: (redis: RedisConnection) => new RedisGate(redis), inject: [REDIS] },
    {
      provide: SessionService,
      useFactory: (gate: RedisGate, csrf: CsrfProtection) => {
        const { sessionMaxInactiveInterval: idle, sessionMaxLifetime: absolute, maxSessionsPerUser } = settings;
        const store = new SessionStore(gate, { idle, absolute, maxPerUser: maxSessionsPerUser });
        return new SessionService(store, new SessionCookie(settings.sessionCookie), csrf);
      },
      inject: [RedisGate, CsrfProtection],
    },
    {
      provide: LoginThrottle,
      useFactory: (gate: RedisGate) => {
        const { window, failuresPerUser, failuresPerAddress } = settings.loginThrottling;
        return new LoginThrottle(gate, { windowMs: window * 1000, failuresPerUser, failuresPerAddress });
      },
      inject: [RedisGate],
    },
    {
      provide: RequestAdmission,
      useFactory: (
        authentication: AuthenticationService,
        sessions: SessionService,
        csrf: CsrfProtection,
        audit: AuditLog,
        throttle: LoginThrottle,
      ) => new RequestAdmission(authentication, sessions, csrf, new LoginRecord(audit, context.logger), throttle),
      inject: [AuthenticationService, SessionService, CsrfProtection, storeTokens.audit, LoginThrottle],
    },
    { provide: StreamLimit, useFactory: () => new StreamLimit(settings.maxConcurrentStreamsPerUser) },
  ];
}

function tickets({ configuration }: GatewayParts): Provider[] {
  const { timeToLive } = configuration.serverSettings.playTickets;
  return [
    UserAdmission,
    PlaybackAdmission,
    {
      provide: PlayTicketDesk,
      useFactory: async ({ current: identity }: LiveIdentity, sessions: SessionService, users: AuthenticationService) =>
        new PlayTicketDesk(
          await StatementSigner.create(identity, playTicketType),
          playTicketVerifier(identity.caPem),
          sessions,
          account => users.userOfSession(account),
          timeToLive,
        ),
      inject: [IDENTITY, SessionService, AuthenticationService],
    },
    {
      provide: TicketAdmission,
      useFactory: (desk: PlayTicketDesk, audit: AuditLog) => new TicketAdmission(desk, audit),
      inject: [PlayTicketDesk, storeTokens.audit],
    },
  ];
}

function workers({ context, configuration }: GatewayParts): Provider[] {
  const settings = configuration.serverSettings;
  return [
    {
      provide: WorkerConnections,
      useFactory: ({ current: identity }: LiveIdentity) =>
        new WorkerConnections(identity, {
          maxConnections: settings.workerMaxConnection,
          idleTimeoutMs: settings.workerIdleTimeoutMs,
          startTimeoutMs: settings.playbackStartTimeoutMs,
          serverName: settings.workerServerName,
        }),
      inject: [IDENTITY],
    },
    {
      provide: WorkerDirectory,
      useFactory: (redis: RedisConnection, connections: WorkerConnections, metrics: GatewayMetrics) =>
        new WorkerDirectory(new WorkerRegistry(redis), connections, metrics, context.logger),
      inject: [REDIS, WorkerConnections, GatewayMetrics],
    },
    {
      provide: WorkerClient,
      useFactory: (connections: WorkerConnections) => new WorkerClient(connections, settings.playbackStartTimeoutMs),
      inject: [WorkerConnections],
    },
  ];
}

function playback({ context, configuration }: GatewayParts): Provider[] {
  const settings = configuration.serverSettings;
  return [
    {
      provide: GrantDesk,
      useFactory: (identity: LiveIdentity) => new GrantDesk(identity),
      inject: [IDENTITY],
    },
    {
      provide: EnvelopeLocator,
      useFactory: (recordings: RecordingStore, pinning: MediaPinning) =>
        new EnvelopeLocator(recordings, pinning, configuration.playback.verifyContent),
      inject: [storeTokens.recordings, MediaPinning],
    },
    {
      provide: MediaRelay,
      useFactory: (directory: WorkerDirectory, client: WorkerClient, metrics: GatewayMetrics) =>
        new MediaRelay(directory, client, metrics, context.logger, settings.clientIdleTimeoutMs),
      inject: [WorkerDirectory, WorkerClient, GatewayMetrics],
    },
    {
      provide: FinishedPlaybacks,
      useFactory: (audit: AuditLog) => new FinishedPlaybacks(audit, context.logger),
      inject: [storeTokens.audit],
    },
    {
      provide: PlaybackService,
      useFactory: (
        recordingStore: RecordingStore,
        audit: AuditLog,
        finished: FinishedPlaybacks,
        authorisation: AuthorisationService,
        envelopes: EnvelopeLocator,
        grants: GrantDesk,
        relay: MediaRelay,
        metrics: GatewayMetrics,
      ) =>
        new PlaybackService(
          recordingStore,
          audit,
          finished,
          authorisation,
          envelopes,
          grants,
          relay,
          metrics,
          context.logger,
          settings.maxConcurrentPlaybacks,
        ),
      inject: [
        storeTokens.recordings,
        storeTokens.audit,
        FinishedPlaybacks,
        AuthorisationService,
        EnvelopeLocator,
        GrantDesk,
        MediaRelay,
        GatewayMetrics,
      ],
    },
  ];
}

function mediaLocations({ mediaStorages }: GatewayConfiguration) {
  return mediaStorages.map(
    ({ storage, url, contactCenters, webDAVMaxConnection, connectTimeoutMs, headersTimeoutMs, idleTimeoutMs }) => ({
      storage,
      url,
      ...(contactCenters === undefined ? {} : { contactCenters }),
      trustedCA: true as const,
      maxConnections: webDAVMaxConnection,
      connectTimeoutMs,
      headersTimeoutMs,
      idleTimeoutMs,
      totalTimeoutMs: idleTimeoutMs,
    }),
  );
}
