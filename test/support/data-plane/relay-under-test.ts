import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { WorkerRegistry } from '#contracts';
import type { GrantContent } from '#grants';
import {
  createLogger,
  createMetricsRegistry,
  LiveIdentity,
  toRcsError,
  type Current,
  type InternalIdentity,
  type RcsError,
} from '#platform';
import { within } from '#test/waiting/within.js';
import { InternalAuthority } from '../authority/internal-authority.js';
import { FaultyWorker, type Fault } from './faulty-worker.js';
import type { Transport } from './worker-under-test.js';
import { GrantIssuer } from '../../../apps/playback-gateway/src/grants/grant-issuer.js';
import { GatewayMetrics } from '../../../apps/playback-gateway/src/metrics/gateway-metrics.js';
import { NearbyWorkers } from '../../../apps/playback-gateway/src/workers/nearby-workers.js';
import { WorkerClient } from '../../../apps/playback-gateway/src/workers/worker-client.js';
import { WorkerConnections } from '../../../apps/playback-gateway/src/workers/worker-connections.js';
import { WorkerDirectory } from '../../../apps/playback-gateway/src/workers/worker-directory.js';
import { MediaRelay, type RelayResult } from '../../../apps/playback-gateway/src/playback/media-relay.js';
import { PlayerConnection } from '../../../apps/playback-gateway/src/playback/player-connection.js';
import type { RelayRequest } from '../../../apps/playback-gateway/src/playback/relay-request.js';

export const grant: GrantContent = {
  sub: 'anthony',
  contactCenter: 'cc-1',
  recording: 'recording-1',
  mediaFile: 'call.mp3',
  location: { storage: 'webDAV', path: 'call.mp3' },
  purpose: 'play',
  layout: 'plain',
};

/** A request for the whole of the media, in which tests change what they are about. */
export const request = (changes: Partial<RelayRequest> = {}): RelayRequest => ({
  media: { method: 'GET', contentType: 'audio/mpeg' },
  contentTree: () => Promise.reject(new Error('nobody needs it')),
  contentTreeParts: () => Promise.resolve(undefined),
  grant,
  requestId: 'request-1',
  audited: Promise.resolve(),
  headers: { 'rcs-content-proof': 'not proved' },
  ...changes,
});

export interface Played {
  readonly answer: IncomingMessage;
  readonly body: Buffer;
  /** What the player sees when the body breaks off. */
  readonly failure: unknown;
  readonly outcome: RelayResult | RcsError;
}

export interface RelayOptions {
  /** How long a playback waits for a worker after one has failed, milliseconds. */
  readonly maxWaitMs?: number;
  readonly signer?: Current<InternalIdentity>;
}

/** A relay between a real HTTP server and workers that fail on demand, over mutual TLS or sockets, or of which the first is called. */
export class RelayUnderTest {
  workers: FaultyWorker[] = [];
  directory: WorkerDirectory | undefined;
  /** Whether the head of the last player's answer was written. */
  headSent = false;
  private socketDirectory: string | undefined;
  readonly metrics = new GatewayMetrics(createMetricsRegistry('playback-gateway', '0.1.0'));
  private readonly logger = createLogger('test', 'test', 'silent');

  private constructor(
    readonly identity: InternalIdentity,
    private readonly workerIdentity: InternalIdentity,
    private readonly transport: Transport,
  ) {}

  static async create(transport: Transport = 'TLS'): Promise<RelayUnderTest> {
    const authority = await InternalAuthority.create();
    const [gateway, worker] = [await authority.issue('playback-gateway'), await authority.issue('decrypt-worker')];
    return new RelayUnderTest(gateway, worker, transport);
  }

  /** Over workers with these faults, which are asked in this order as long as nothing is random. */
  async over(faults: readonly Fault[], { maxWaitMs = 0, signer }: RelayOptions = {}): Promise<MediaRelay> {
    this.socketDirectory = this.transport !== 'a socket' ? undefined : mkdtempSync(join(tmpdir(), 'rcs-relay-'));
    this.workers = faults.map(
      (fault, index) => new FaultyWorker(`worker-${index}`, this.workerIdentity, fault, this.socketDirectory),
    );
    await Promise.all(this.workers.map(worker => worker.listen()));
    const registrations = this.workers.map(({ registration }, index) => ({ ...registration, inFlight: index * 1000 }));
    const connections = new WorkerConnections(
      new LiveIdentity(this.identity),
      { workerMaxConnection: 4, workerIdleTimeoutMs: 20_000, playbackStartTimeoutMs: 20_000 },
      this.logger,
      undefined,
      NearbyWorkers.in(this.socketDirectory ?? false, this.logger),
      this.transport === 'a call' ? this.workers[0] : undefined,
    );
    const list = () => Promise.resolve(registrations);
    this.directory = new WorkerDirectory({ list } as unknown as WorkerRegistry, connections, this.metrics, this.logger);
    await this.directory.onApplicationBootstrap();
    return new MediaRelay(
      this.directory,
      new WorkerClient(connections, { playbackStartTimeoutMs: 20_000 }),
      new GrantIssuer(signer ?? { current: this.identity }),
      this.metrics,
      this.logger,
      { clientIdleTimeoutMs: 20_000, workerTakeOverTimeoutMs: maxWaitMs },
    );
  }

  /** A player's request through a real HTTP server that relays it. */
  async play(
    relay: MediaRelay,
    relayed = request(),
    consume: (answer: IncomingMessage) => Promise<Buffer> = buffer,
  ): Promise<Played> {
    let outcome: Promise<RelayResult | RcsError> = Promise.reject(new Error('nobody asked'));
    outcome.catch(() => undefined);
    this.headSent = false;
    const server = createServer((_, response) => {
      const player = new PlayerConnection({
        raw: response,
        getHeaders: () => ({ 'x-request-id': 'request-1' }),
        hijack: () => (this.headSent = true),
      });
      outcome = relay.relay(relayed, player).catch((error: unknown) => {
        if (player.started) player.abort();
        else response.writeHead(toRcsError(error).definition.http).end();
        return error as RcsError;
      });
    });
    await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const asked = get({ host: '127.0.0.1', port, method: relayed.media.method, agent: false });
      const [answer] = (await within('an answer', once(asked, 'response'))) as [IncomingMessage];
      let failure: unknown;
      const body = await consume(answer).catch((error: unknown) => {
        failure = error;
        return Buffer.alloc(0);
      });
      return { answer, body, failure, outcome: await outcome };
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  async stop(): Promise<void> {
    this.workers.forEach(worker => worker.close());
    this.workers = [];
    await this.directory?.onApplicationShutdown();
    this.directory = undefined;
    if (this.socketDirectory !== undefined) rmSync(this.socketDirectory, { recursive: true });
    this.socketDirectory = undefined;
  }
}
