import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { Pool } from 'undici';
import { mediaPath, type MediaRequest } from '#contracts';
import { GrantSigner, GrantVerifier, playbackGrants, type GrantContent, type PlaybackGrant } from '#grants';
import { MediaStorages, SettableStorages, type MediaStorageConfiguration } from '#media-storage';
import {
  createLogger,
  createMetricsRegistry,
  internalTlsOptions,
  ListenerMetrics,
  LiveIdentity,
  serverMustBe,
  socketNameOf,
  type InternalIdentity,
} from '#platform';
import { InternalAuthority } from '../authority/internal-authority.js';
import { ArchiveRewrapHandler } from '../../../apps/decrypt-worker/src/data-plane/archive-rewrap.handler.js';
import { ArchiveHandler } from '../../../apps/decrypt-worker/src/data-plane/archive.handler.js';
import { ArchivePartHandler } from '../../../apps/decrypt-worker/src/data-plane/archive-part.handler.js';
import { ArchiveUploadHandler } from '../../../apps/decrypt-worker/src/data-plane/archive-upload.handler.js';
import { ContentTreeHandler } from '../../../apps/decrypt-worker/src/data-plane/content-tree.handler.js';
import { DataPlaneServer } from '../../../apps/decrypt-worker/src/data-plane/data-plane-server.js';
import { ForgetHandler } from '../../../apps/decrypt-worker/src/data-plane/forget.handler.js';
import { InspectHandler } from '../../../apps/decrypt-worker/src/data-plane/inspect.handler.js';
import { MediaHandler } from '../../../apps/decrypt-worker/src/data-plane/media.handler.js';
import { PeaksHandler } from '../../../apps/decrypt-worker/src/data-plane/peaks.handler.js';
import { ProveHandler } from '../../../apps/decrypt-worker/src/data-plane/prove.handler.js';
import { RemoveHandler } from '../../../apps/decrypt-worker/src/data-plane/remove.handler.js';
import { StorageProbeHandler } from '../../../apps/decrypt-worker/src/data-plane/storage-probe.handler.js';
import { LayoutInspector } from '../../../apps/decrypt-worker/src/media-session/layout-inspector.js';
import { MediaOpener } from '../../../apps/decrypt-worker/src/media-session/media-opener.js';
import { MediaSessionCache } from '../../../apps/decrypt-worker/src/media-session/media-session-cache.js';
import { ArchivedFiles } from '../../../apps/decrypt-worker/src/media-session/archived-files.js';
import { GrantedStorages } from '../../../apps/decrypt-worker/src/media-session/granted-storages.js';
import { PinnedStorage } from '../../../apps/decrypt-worker/src/media-session/pinned-storage.js';
import { WorkerMetrics } from '../../../apps/decrypt-worker/src/metrics/worker-metrics.js';
import { JudgingVault } from './judging-vault.js';

/** The ways from a gateway to a worker; a call where both are one process. */
export const transports = ['TLS', 'a socket', 'a call'] as const;
export type Transport = (typeof transports)[number];

export interface WorkerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The body broke off. */
  readonly aborted: boolean;
}

/** The identities of a cluster, made once for all workers of a test. */
export class ClusterIdentities {
  private constructor(
    readonly gateway: InternalIdentity,
    readonly worker: InternalIdentity,
    readonly signer: GrantSigner<PlaybackGrant>,
  ) {}

  static async create(): Promise<ClusterIdentities> {
    const authority = await InternalAuthority.create();
    const gateway = await authority.issue('playback-gateway');
    return new ClusterIdentities(
      gateway,
      await authority.issue('decrypt-worker'),
      new GrantSigner({ current: gateway }, playbackGrants),
    );
  }
}

/** A worker as it runs, but for the vault: real listeners, grants, storage of files and sessions. */
export class WorkerUnderTest {
  readonly directory = mkdtempSync(join(tmpdir(), 'rcs-worker-'));
  readonly vault: JudgingVault;
  readonly storages: MediaStorages;
  private readonly grants: GrantVerifier;
  private readonly sessions = new MediaSessionCache({ size: 100, timeToLiveMs: 60_000, openTimeoutMs: 10_000 });
  private readonly server: DataPlaneServer;
  private gateway: Pool | undefined;

  constructor(
    private readonly identities: ClusterIdentities,
    owner: string,
    storage: Partial<MediaStorageConfiguration> = {},
    private readonly transport: Transport = 'TLS',
  ) {
    this.grants = new GrantVerifier({ current: identities.worker });
    this.vault = new JudgingVault(this.grants, owner);
    const timeouts = { connectTimeoutMs: 5000, headersTimeoutMs: 5000, idleTimeoutMs: 5000, totalTimeoutMs: 60_000 };
    const url = pathToFileURL(`${this.directory}/`).href;
    this.storages = new MediaStorages([
      { storage: 'file', url, trustedCA: true, maxConnections: 4, ...timeouts, ...storage },
    ]);
    const granted = new GrantedStorages(this.storages, new SettableStorages([], []));
    const logger = createLogger('worker', 'test', 'silent');
    const registry = createMetricsRegistry('decrypt-worker', '1');
    const metrics = new WorkerMetrics(registry);
    const pinned = new PinnedStorage(granted, true);
    const opener = new MediaOpener(pinned, this.vault.client, 5000);
    this.server = new DataPlaneServer(
      new LiveIdentity(identities.worker),
      {
        media: new MediaHandler(this.grants, this.sessions, opener, metrics, 10_000),
        inspect: new InspectHandler(this.grants, new LayoutInspector(granted), 10_000),
        peaks: new PeaksHandler(this.grants, this.sessions, opener, metrics),
        prove: new ProveHandler(this.grants, opener),
        contentTree: new ContentTreeHandler(this.grants, granted),
        forget: new ForgetHandler(this.sessions, { note: () => undefined }, logger),
        remove: new RemoveHandler(this.grants, granted, logger),
        storageProbe: new StorageProbeHandler(this.grants, granted),
        archivePart: new ArchivePartHandler(this.grants, granted, logger, 10_000),
        archiveUpload: new ArchiveUploadHandler(this.grants, granted),
        archive: new ArchiveHandler(this.grants, new ArchivedFiles(pinned), 10_000),
        archiveRewrap: new ArchiveRewrapHandler({
          grants: this.grants,
          opener,
          storage: pinned,
          vaults: this.vault.client,
          vaultTimeoutMs: 5000,
          tolerance: {},
        }),
      },
      metrics,
      logger,
      { maxConcurrentStreams: 100, maxConnections: 100 },
      new ListenerMetrics(registry),
    );
  }

  async start(): Promise<this> {
    const { port } = await this.server.listen('127.0.0.1', 0);
    if (this.transport === 'a socket') {
      const directory = join(this.directory, 'sockets');
      await this.server.listenOnSocket({ directory, option: 'socketDirectory' }, 'worker');
      this.gateway = new Pool('http://worker', { connect: { socketPath: join(directory, socketNameOf('worker')) } });
      return this;
    }
    this.gateway = new Pool(`https://127.0.0.1:${port}`, {
      connect: { ...internalTlsOptions(this.identities.gateway), checkServerIdentity: serverMustBe('decrypt-worker') },
    });
    return this;
  }

  async stop(): Promise<void> {
    await this.gateway?.destroy();
    await this.server.close(AbortSignal.abort());
    this.sessions.clear();
    await this.storages.close();
    rmSync(this.directory, { recursive: true });
  }

  write(name: string, content: Buffer): void {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    // The same for every worker, as in a storage that they share.
    utimesSync(path, 1_700_000_000, 1_700_000_000);
  }

  sign(content: GrantContent): string {
    return this.identities.signer.sign(content);
  }

  async media(content: GrantContent, request: Partial<MediaRequest> = {}): Promise<WorkerAnswer> {
    const grant = this.sign(content);
    return this.post(mediaPath, { method: 'GET', contentType: 'audio/mpeg', ...request, grant });
  }

  /** The answer while it still comes. */
  async begin(path: string, body: object) {
    if (this.gateway === undefined) throw new Error('the worker was not started');
    if (this.transport === 'a call')
      return this.server.ask({ path, headers: {}, body }, new AbortController().signal, 20_000);
    const sent = body instanceof Readable ? body : JSON.stringify(body);
    return this.gateway.request({ method: 'POST', path, body: sent });
  }

  async post(path: string, body: object): Promise<WorkerAnswer> {
    const { statusCode: status, headers, body: coming } = await this.begin(path, body);
    const pieces: Buffer[] = [];
    let aborted = false;
    try {
      for await (const piece of coming as AsyncIterable<Buffer>) pieces.push(piece);
    } catch {
      aborted = true;
    }
    return { status, headers, body: Buffer.concat(pieces), aborted };
  }
}
