import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { WorkerRegistration } from '#contracts';
import { describeError, entriesAtMost, type Logger, ReceiverGoneError, type ServerSettings } from '#platform';
import { LOGGER, SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { GrantIssuer } from '../grants/grant-issuer.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { WorkerClient } from '../workers/worker-client.js';
import { WorkerDirectory } from '../workers/worker-directory.js';
import { BodyParts } from './body-parts.js';
import type { PlayerConnection } from './player-connection.js';
import { RelayAttempts } from './relay-attempts.js';
import { RelayedBody } from './relayed-body.js';
import type { RelayRequest } from './relay-request.js';
import type { MediaHolder } from './tree-for-worker.js';

export interface RelayResult {
  readonly status: number;
  readonly certificateAlias: string | undefined;
}

/** Media whose workers are remembered: several times what one worker keeps open. */
const rememberedMedia = 10_000;

/**
 * Passes the answer of a worker on to the player, unchanged. The body is asked for in windows that grow with what the
 * player takes, of one worker as long as it does not fail; then another one continues from the exact byte. The entity
 * tag makes sure that all parts are of the same body.
 */
@Injectable()
export class MediaRelay {
  /** The worker that answered for a media file the last time. Only a preference: every request shows its own grant. */
  private readonly holders = new LRUCache<string, MediaHolder>(entriesAtMost(rememberedMedia));

  constructor(
    private readonly workers: WorkerDirectory,
    private readonly client: WorkerClient,
    private readonly grants: GrantIssuer,
    private readonly metrics: GatewayMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SERVER_SETTINGS)
    private readonly settings: Pick<ServerSettings, 'clientIdleTimeoutMs' | 'workerTakeOverTimeoutMs'>,
  ) {}

  /** @throws RcsError; the player's connection is untouched while `player.started` is false. */
  async relay(request: RelayRequest, player: PlayerConnection): Promise<RelayResult> {
    const { clientIdleTimeoutMs, workerTakeOverTimeoutMs } = this.settings;
    const holder = this.holders.get(mediaKey(request));
    const attempts = new RelayAttempts(this.workers, workerTakeOverTimeoutMs);
    const parts = new BodyParts(this.client, this.workers, this.grants, request, player.signal, holder);
    const body = new RelayedBody(request, player, parts, this.metrics, clientIdleTimeoutMs);
    for (let passage: Passage | undefined; passage !== 'whole';) {
      const worker = await attempts.next(body.hasBegun, parts.holder?.instance, player.signal);
      if (passage === 'failed' && body.hasBegun) this.metrics.resumedPlaybacks.inc();
      passage = await this.takeFrom(worker, body, attempts, request, player);
    }
    return body.end();
  }

  /** @throws what makes it pointless to ask another worker. */
  private async takeFrom(
    worker: WorkerRegistration,
    body: RelayedBody,
    attempts: RelayAttempts,
    request: RelayRequest,
    player: PlayerConnection,
  ): Promise<Passage> {
    const sentBefore = player.bytesSent;
    try {
      return await body.takeFrom(worker, holder => this.holders.set(mediaKey(request), holder));
    } catch (error) {
      if (player.signal.aborted) throw new ReceiverGoneError('the player closed the connection');
      const { bytesSent: sent } = player;
      attempts.failed(worker, error, { bytesCame: sent > sentBefore, bodyHasBegun: sent > 0 });
      this.workers.suspend(worker.instance);
      this.logger.warn(
        { requestId: request.requestId, worker: worker.instance, sent, error: describeError(error) },
        'a worker failed; another one takes over',
      );
      return 'failed';
    }
  }
}

/** How the rest of a body came from one worker. */
type Passage = 'whole' | 'stalled' | 'failed';

const mediaKey = ({ grant: { contactCenter, recording, mediaFile } }: RelayRequest): string =>
  JSON.stringify([contactCenter, recording, mediaFile]);
