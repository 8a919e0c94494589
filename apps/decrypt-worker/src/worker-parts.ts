import { GrantVerifier } from '#grants';
import { KeyVaultClient, SessionKeyClient } from '#key-vault-client';
import { MediaStorages, SettableStorages } from '#media-storage';
import {
  FreedMemory,
  observedCalls,
  type ConfigurationWith,
  type LiveIdentity,
  type ServiceContext,
  type WatchedSockets,
} from '#platform';
import { ArchiveRewrapHandler } from './data-plane/archive-rewrap.handler.js';
import { ArchiveHandler } from './data-plane/archive.handler.js';
import { ArchivePartHandler } from './data-plane/archive-part.handler.js';
import { ArchiveUploadHandler } from './data-plane/archive-upload.handler.js';
import { ContentTreeHandler } from './data-plane/content-tree.handler.js';
import { DataPlaneServer } from './data-plane/data-plane-server.js';
import { ForgetHandler } from './data-plane/forget.handler.js';
import { InspectHandler } from './data-plane/inspect.handler.js';
import { MediaHandler } from './data-plane/media.handler.js';
import { PeaksHandler } from './data-plane/peaks.handler.js';
import { ProveHandler } from './data-plane/prove.handler.js';
import { RemoveHandler } from './data-plane/remove.handler.js';
import { StorageProbeHandler } from './data-plane/storage-probe.handler.js';
import { OwnGrants } from './identity/own-grants.js';
import { OwnIdentities } from './identity/own-identities.js';
import { OwnSessionKeys } from './identity/own-session-keys.js';
import { KeyWatch } from './key-watch/key-watch.js';
import { ArchivedFiles } from './media-session/archived-files.js';
import { GrantedStorages } from './media-session/granted-storages.js';
import { LayoutInspector } from './media-session/layout-inspector.js';
import { MediaOpener } from './media-session/media-opener.js';
import { MediaSessionCache } from './media-session/media-session-cache.js';
import { PinnedStorage } from './media-session/pinned-storage.js';
import { WorkerMetrics } from './metrics/worker-metrics.js';
import { mediaStorageConfigurations, rwsConfigurations, settableConfigurations } from './storage-options.js';

export type DecryptWorkerConfiguration = ConfigurationWith<'decryptWorker' | 'internalTls' | 'redis'>;

/** Who a worker is inside the cluster, and what ends its connections with denied peers. */
export interface WorkerIdentity {
  readonly identity: LiveIdentity;
  readonly sockets: WatchedSockets;
}

/** What of a worker is begun and ended. */
export interface WorkerParts {
  readonly dataPlane: DataPlaneServer;
  readonly keyWatch: KeyWatch;
  readonly sessions: MediaSessionCache;
  readonly vaults: KeyVaultClient;
  readonly identities: OwnIdentities;
  readonly sessionKeys: OwnSessionKeys;
  readonly storages: Pick<MediaStorages, 'close'>;
}

/** A grant comes with every range of its recording that a player asks for. */
const rememberedGrants = 5000;

const toldDeviations =
  (logger: ServiceContext['logger']) =>
  (recording: string, deviations: readonly string[]): void =>
    logger.warn({ recording, deviations }, 'an envelope that no standard has is read, as the configuration says');

/** Puts the worker together: storages, vaults, sessions, data plane. Plain code: its server is Node's own. */
export function workerParts(
  context: ServiceContext,
  configuration: DecryptWorkerConfiguration,
  { identity, sockets }: WorkerIdentity,
): WorkerParts {
  const { logger, tracer } = context;
  const { decryptWorker: settings, mediaStorages, recordingSources, serverSettings, playback } = configuration;
  const { openTimeoutMs } = settings;
  const metrics = new WorkerMetrics(context.metrics);
  const configured = [
    ...mediaStorageConfigurations(mediaStorages, serverSettings),
    ...rwsConfigurations(recordingSources, serverSettings.recordingSettings),
  ];
  const observer = metrics.storageObserver();
  const owned = new MediaStorages(configured, observer);
  const settable = new SettableStorages(
    settableConfigurations(configuration.settableStorages, serverSettings),
    configured,
    observer,
  );
  const storages = new GrantedStorages(owned, settable);
  const vaults = new KeyVaultClient(settings.vaultAddresses, identity);
  const identities = new OwnIdentities(identity);
  const sessionKeys = new OwnSessionKeys(new SessionKeyClient(vaults), settings.vaultAddresses, identities);
  const keys = observedCalls(sessionKeys, metrics.callObserver(metrics.sessionKeySeconds));
  const verifier = new GrantVerifier(identity, { remembered: rememberedGrants, acceptUnbound: true });
  const grants = new OwnGrants(verifier, identities);
  const sessions = new MediaSessionCache({
    size: settings.mediaSessionCacheSize,
    timeToLiveMs: settings.mediaSessionTimeToLiveMs,
    openTimeoutMs,
  });
  metrics.observeOpenSessions(() => sessions.size);
  const pinned = new PinnedStorage(storages, playback.verifyContent);
  const opener = observedCalls(
    new MediaOpener(pinned, keys, settings.vaultTimeoutMs, settings),
    metrics.callObserver(metrics.mediaOpenSeconds),
  );
  const handlers = {
    media: new MediaHandler(grants, sessions, opener, metrics, settings.clientIdleTimeoutMs),
    inspect: new InspectHandler(grants, new LayoutInspector(storages, settings, toldDeviations(logger)), openTimeoutMs),
    peaks: new PeaksHandler(grants, sessions, opener, metrics),
    prove: new ProveHandler(grants, opener),
    contentTree: new ContentTreeHandler(grants, storages),
    forget: new ForgetHandler(sessions, new FreedMemory(logger), logger),
    remove: new RemoveHandler(grants, storages, logger),
    storageProbe: new StorageProbeHandler(grants, storages),
    archive: new ArchiveHandler(grants, new ArchivedFiles(pinned, settings), settings.clientIdleTimeoutMs),
    archivePart: new ArchivePartHandler(grants, storages, logger, settings.clientIdleTimeoutMs),
    archiveUpload: new ArchiveUploadHandler(grants, storages),
    archiveRewrap: new ArchiveRewrapHandler({
      grants,
      opener,
      storage: pinned,
      vaults: sessionKeys,
      vaultTimeoutMs: settings.vaultTimeoutMs,
      tolerance: settings,
    }),
  };
  return {
    dataPlane: new DataPlaneServer(identity, handlers, metrics, logger, settings, context.listeners, tracer, sockets),
    keyWatch: new KeyWatch(vaults, key => sessions.forgetKey(key), logger),
    sessions,
    vaults,
    identities,
    sessionKeys,
    storages: {
      close: async () => {
        await Promise.all([owned.close(), settable.close()]);
      },
    },
  };
}
