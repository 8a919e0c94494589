import { Module, type DynamicModule } from '@nestjs/common';
import { GrantVerifier } from '#grants';
import { KeyVaultClient, SessionKeyClient } from '#key-vault-client';
import { MediaStorages } from '#media-storage';
import { LiveIdentity, observedCalls, type ConfigurationWith, type ServiceContext } from '#platform';
import { ContentTreeHandler } from './data-plane/content-tree.handler.js';
import { DataPlaneServer } from './data-plane/data-plane-server.js';
import { ForgetHandler } from './data-plane/forget.handler.js';
import { InspectHandler } from './data-plane/inspect.handler.js';
import { MediaHandler } from './data-plane/media.handler.js';
import { KeyWatch } from './key-watch/key-watch.js';
import { LayoutInspector } from './media-session/layout-inspector.js';
import { MediaOpener } from './media-session/media-opener.js';
import { MediaSessionCache } from './media-session/media-session-cache.js';
import { PinnedStorage } from './media-session/pinned-storage.js';
import { mediaStorageConfigurations } from './media-storage-configuration.js';
import { WorkerMetrics } from './worker-metrics.js';

export type DecryptWorkerConfiguration = ConfigurationWith<'decryptWorker' | 'internalTls' | 'redis'>;

const IDENTITY = Symbol('InternalIdentity');
/** A grant comes with every range of its recording that a player asks for. */
const rememberedGrants = 5000;

/** Wires the worker: storages, vaults, sessions, data plane. */
@Module({})
export class DecryptWorkerModule {
  static forRoot(context: ServiceContext, configuration: DecryptWorkerConfiguration): DynamicModule {
    const settings = configuration.decryptWorker;
    return {
      module: DecryptWorkerModule,
      providers: [
        {
          provide: IDENTITY,
          useFactory: () => LiveIdentity.watch(context, configuration.internalTls),
        },
        { provide: WorkerMetrics, useFactory: () => new WorkerMetrics(context.metrics) },
        {
          provide: MediaStorages,
          useFactory: (metrics: WorkerMetrics) =>
            new MediaStorages(
              mediaStorageConfigurations(configuration.mediaStorages, configuration.serverSettings),
              metrics.storageObserver(),
            ),
          inject: [WorkerMetrics],
        },
        {
          provide: KeyVaultClient,
          useFactory: (identity: LiveIdentity) => new KeyVaultClient(settings.vaultAddresses, identity),
          inject: [IDENTITY],
        },
        {
          provide: SessionKeyClient,
          useFactory: (vaults: KeyVaultClient, metrics: WorkerMetrics) =>
            observedCalls(new SessionKeyClient(vaults), metrics.callObserver(metrics.sessionKeySeconds)),
          inject: [KeyVaultClient, WorkerMetrics],
        },
        {
          provide: GrantVerifier,
          useFactory: (identity: LiveIdentity) => new GrantVerifier(identity, { remembered: rememberedGrants }),
          inject: [IDENTITY],
        },
        {
          provide: MediaSessionCache,
          useFactory: (metrics: WorkerMetrics) => {
            const sessions = new MediaSessionCache({
              size: settings.mediaSessionCacheSize,
              timeToLiveMs: settings.mediaSessionTimeToLiveMs,
              openTimeoutMs: settings.openTimeoutMs,
            });
            metrics.observeOpenSessions(() => sessions.size);
            return sessions;
          },
          inject: [WorkerMetrics],
        },
        {
          provide: MediaOpener,
          useFactory: (storages: MediaStorages, keys: SessionKeyClient, metrics: WorkerMetrics) =>
            observedCalls(
              new MediaOpener(
                new PinnedStorage(storages, configuration.playback.verifyContent),
                keys,
                settings.vaultTimeoutMs,
                settings,
              ),
              metrics.callObserver(metrics.mediaOpenSeconds),
            ),
          inject: [MediaStorages, SessionKeyClient, WorkerMetrics],
        },
        {
          provide: MediaHandler,
          useFactory: (
            grants: GrantVerifier,
            sessions: MediaSessionCache,
            opener: MediaOpener,
            metrics: WorkerMetrics,
          ) => new MediaHandler(grants, sessions, opener, metrics, settings.clientIdleTimeoutMs),
          inject: [GrantVerifier, MediaSessionCache, MediaOpener, WorkerMetrics],
        },
        {
          provide: InspectHandler,
          useFactory: (grants: GrantVerifier, storages: MediaStorages) =>
            new InspectHandler(grants, new LayoutInspector(storages, settings), settings.openTimeoutMs),
          inject: [GrantVerifier, MediaStorages],
        },
        {
          provide: ContentTreeHandler,
          useFactory: (grants: GrantVerifier, storages: MediaStorages) => new ContentTreeHandler(grants, storages),
          inject: [GrantVerifier, MediaStorages],
        },
        {
          provide: ForgetHandler,
          useFactory: (sessions: MediaSessionCache) => new ForgetHandler(sessions, context.logger),
          inject: [MediaSessionCache],
        },
        {
          provide: KeyWatch,
          useFactory: (vaults: KeyVaultClient, sessions: MediaSessionCache) =>
            new KeyWatch(vaults.endpoints, key => sessions.forgetKey(key), context.logger),
          inject: [KeyVaultClient, MediaSessionCache],
        },
        {
          provide: DataPlaneServer,
          useFactory: (
            identity: LiveIdentity,
            media: MediaHandler,
            inspect: InspectHandler,
            contentTree: ContentTreeHandler,
            forget: ForgetHandler,
            metrics: WorkerMetrics,
          ) =>
            new DataPlaneServer(
              identity,
              { media, inspect, contentTree, forget },
              metrics,
              context.logger,
              settings.maxConcurrentStreams,
              context.tracer,
            ),
          inject: [IDENTITY, MediaHandler, InspectHandler, ContentTreeHandler, ForgetHandler, WorkerMetrics],
        },
      ],
    };
  }
}
