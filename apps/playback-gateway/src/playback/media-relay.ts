import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { certificateAliasHeader, representationLengthHeader } from '#contracts';
import {
  describeError,
  drainedWithin,
  endWithin,
  entriesAtMost,
  inStep,
  type Logger,
  RcsError,
  ReceiverGoneError,
  ReceiverStalledError,
  sendStream,
  type ServerSettings,
} from '#platform';
import { LOGGER, SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { GrantIssuer } from '../grants/grant-issuer.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { WorkerDirectory } from '../workers/worker-directory.js';
import { BodyParts, type PartPlace } from './body-parts.js';
import { askedAheadBytes } from './body-windows.js';
import type { PlayerConnection } from './player-connection.js';
import { RelayAttempts } from './relay-attempts.js';
import type { RelayRequest } from './relay-request.js';
import type { MediaHolder } from './tree-for-worker.js';
import { giveUpBody } from '../workers/give-up-body.js';
import { bodyLengthOf, type WorkerAnswer } from '../workers/worker-answer.js';
import { WorkerClient } from '../workers/worker-client.js';

export interface RelayResult {
  readonly status: number;
  readonly certificateAlias: string | undefined;
}

/** How the body began; every later part must continue exactly this, whichever worker sends it. */
interface BegunBody {
  readonly status: number;
  readonly entityTag: string;
  /** Of the whole body, in bytes. */
  readonly length: number;
  readonly certificateAlias: string | undefined;
}

/** Header fields of a worker's answer that players get to see. */
const relayedHeaders = ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified'];
/**
 * A player that takes nothing for so long, milliseconds, keeps no worker and no connection to a storage, which are few and
 * everybody's. Pauses, and slow networks, last longer.
 */
const letGoAfterMs = 2000;
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
    const media = mediaKey(request);
    const holder = this.holders.get(media);
    const attempts = new RelayAttempts(this.workers, this.settings.workerTakeOverTimeoutMs, holder?.instance);
    const parts = new BodyParts(this.client, this.grants, request, player.signal, holder);
    let begun: BegunBody | undefined;
    let stalled = false;
    for (;;) {
      const worker = await attempts.next(begun !== undefined, player.signal);
      const done = this.workers.begin(worker.instance);
      const sentBefore = player.bytesSent;
      if (begun !== undefined && !stalled) this.metrics.resumedPlaybacks.inc();
      stalled = false;
      try {
        do {
          const answer = await parts.next(worker, { offset: player.bytesSent, entityTag: begun?.entityTag });
          if (begun !== undefined) checkContinuation(answer, begun, player.bytesSent);
          if (parts.holder !== undefined) this.holders.set(media, parts.holder);
          begun ??= await this.begin(answer, request, player);
          stalled = await this.pass(answer, begun, player, place => parts.askAhead(worker, place));
        } while (!stalled && player.bytesSent < begun.length);
        if (!stalled) {
          await endWithin(player.response, this.settings.clientIdleTimeoutMs);
          return { status: begun.status, certificateAlias: begun.certificateAlias };
        }
      } catch (error) {
        if (player.signal.aborted) throw new ReceiverGoneError('the player closed the connection');
        attempts.failed(worker, error, {
          bytesCame: player.bytesSent > sentBefore,
          bodyHasBegun: player.bytesSent > 0,
        });
        this.workers.suspend(worker.instance);
        this.logger.warn(
          {
            requestId: request.requestId,
            worker: worker.instance,
            sent: player.bytesSent,
            error: describeError(error),
          },
          'a worker failed; another one takes over',
        );
      } finally {
        parts.drop();
        done();
      }
      if (stalled) {
        parts.slowDown();
        await drainedWithin(player.response, this.settings.clientIdleTimeoutMs - letGoAfterMs);
      }
    }
  }

  private async begin(answer: WorkerAnswer, request: RelayRequest, player: PlayerConnection): Promise<BegunBody> {
    try {
      await inStep(request.requestId, 'wait for the audit', () => request.audited);
    } catch (error) {
      giveUpBody(answer.body, bodyLengthOf(answer));
      // A code of its own: an audit log that is overloaded is no reason to ask another worker.
      throw new RcsError('RCS_AUDIT_UNAVAILABLE', 'the playback could not be audited', { cause: error });
    }
    const relayed = relayedHeaders.flatMap(name => {
      const value = answer.headers[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const length = answer.headers[representationLengthHeader];
    this.metrics.timeToFirstByte.observe(Number(process.hrtime.bigint() - player.openedAt) / 1e9);
    player.writeHead(answer.status, {
      ...Object.fromEntries(relayed),
      ...(length === undefined ? {} : { 'content-length': length }),
      ...request.headers,
    });
    const alias = answer.headers[certificateAliasHeader];
    const { status, headers } = answer;
    return {
      status,
      entityTag: headers.etag ?? '',
      length: request.media.method === 'HEAD' ? 0 : Number(length ?? headers['content-length'] ?? 0),
      certificateAlias: alias === undefined ? undefined : decodeURIComponent(alias),
    };
  }

  /**
   * @param askAhead told where the body goes on behind this part, shortly before this part ends.
   * @returns whether the rest of this part was let go, because the player takes nothing
   */
  private async pass(
    answer: WorkerAnswer,
    { entityTag, length: bodyLength }: BegunBody,
    player: PlayerConnection,
    askAhead: (place: PartPlace) => void,
  ): Promise<boolean> {
    const length = bodyLengthOf(answer);
    const end = player.bytesSent + length;
    try {
      await sendStream(answer.body, player.response, {
        length,
        receiverIdleTimeoutMs: this.settings.clientIdleTimeoutMs,
        letGoAfterMs,
        giveUp: giveUpBody,
        disposes: true,
        onBytes: count => {
          player.count(count);
          this.metrics.bytesSent.inc(count);
          if (end < bodyLength && end - player.bytesSent <= askedAheadBytes) askAhead({ offset: end, entityTag });
        },
      });
      return false;
    } catch (error) {
      if (error instanceof ReceiverStalledError) return true;
      if (error instanceof ReceiverGoneError) throw error;
      throw new RcsError('RCS_WORKER_FAILED', `the body of a worker broke off after ${player.bytesSent} bytes`, {
        cause: error,
      });
    }
  }
}

const mediaKey = ({ grant: { contactCenter, recording, mediaFile } }: RelayRequest): string =>
  JSON.stringify([contactCenter, recording, mediaFile]);

/** @throws RcsError RCS_STORAGE_CHANGED when the answer is anything but the next part of the body that has begun. */
function checkContinuation(answer: WorkerAnswer, begun: BegunBody, sent: number): void {
  const { status, headers } = answer;
  const length = bodyLengthOf(answer);
  const bodyLength = Number(headers[representationLengthHeader] ?? sent + length);
  const isNext = sent + length <= begun.length && (length > 0 || sent === begun.length);
  if (status === begun.status && headers.etag === begun.entityTag && bodyLength === begun.length && isNext) return;
  giveUpBody(answer.body, bodyLengthOf(answer));
  throw new RcsError('RCS_STORAGE_CHANGED', `a worker continues with ${status} ${headers.etag ?? ''} ${length}`);
}
