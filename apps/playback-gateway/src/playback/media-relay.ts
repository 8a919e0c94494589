import { Inject, Injectable, Optional } from '@nestjs/common';
import { certificateAliasHeader, representationLengthHeader, type MediaRequest } from '#contracts';
import {
  describeError,
  endWithin,
  RcsError,
  ReceiverGoneError,
  sendStream,
  type Logger,
  type ServerSettings,
} from '#platform';
import type { GrantContent } from '#grants';
import { LOGGER, SERVER_SETTINGS } from '../dependencies/injection-tokens.js';
import { GrantIssuer } from '../grants/grant-issuer.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { WorkerDirectory } from '../workers/worker-directory.js';
import type { PlayerConnection } from './player-connection.js';
import { RelayAttempts } from './relay-attempts.js';
import { WorkerClient, type WorkerAnswer } from '../workers/worker-client.js';

export interface RelayRequest {
  readonly media: Omit<MediaRequest, 'grant' | 'resume' | 'contentTree'>;
  /** The leaves of the content tree, base64, for a worker that asks for them: while its session is warm it does not. */
  readonly contentTree: () => Promise<string>;
  /** What the workers may do. */
  readonly grant: GrantContent;
  /** Told every grant that a worker is shown. */
  readonly onGrant?: (grant: string) => void;
  readonly requestId: string;
  /** Resolves when the audit record is durable; no byte leaves before. */
  readonly audited: Promise<unknown>;
  /** Header fields that the gateway adds to those of the worker. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RelayResult {
  readonly status: number;
  readonly certificateAlias: string | undefined;
}

/** How the body began; any other worker must continue exactly this. */
interface BegunBody {
  readonly status: number;
  readonly entityTag: string;
  readonly length: number;
  readonly certificateAlias: string | undefined;
}

/** Header fields of a worker's answer that players get to see. */
const relayedHeaders = ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified'];
/** How long a playback waits for a worker after one has failed: as long as a worker needs to be replaced. */
const defaultMaxWaitMs = 15_000;

/**
 * Passes a worker's answer on to the player, unchanged. When a worker fails, another one continues from the exact byte;
 * the entity tag makes sure that it is the same body.
 */
@Injectable()
export class MediaRelay {
  private readonly clientIdleTimeoutMs: number;

  constructor(
    private readonly workers: WorkerDirectory,
    private readonly client: WorkerClient,
    private readonly grants: GrantIssuer,
    private readonly metrics: GatewayMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(SERVER_SETTINGS) { clientIdleTimeoutMs }: Pick<ServerSettings, 'clientIdleTimeoutMs'>,
    @Optional() private readonly maxWaitMs: number = defaultMaxWaitMs,
  ) {
    this.clientIdleTimeoutMs = clientIdleTimeoutMs;
  }

  /** @throws RcsError; the player's connection is untouched while `player.started` is false. */
  async relay(request: RelayRequest, player: PlayerConnection): Promise<RelayResult> {
    const attempts = new RelayAttempts(this.workers, this.maxWaitMs);
    let begun: BegunBody | undefined;
    for (;;) {
      const worker = await attempts.next(begun !== undefined, player.signal);
      const done = this.workers.begin(worker.instance);
      const sentBefore = player.bytesSent;
      try {
        const answer = await this.ask(worker, request, begun, player);
        if (begun !== undefined) checkContinuation(answer, begun, player.bytesSent);
        begun ??= await this.begin(answer, request, player);
        await this.pass(answer, begun, player);
        return { status: begun.status, certificateAlias: begun.certificateAlias };
      } catch (error) {
        if (player.signal.aborted) throw new ReceiverGoneError('the player closed the connection');
        attempts.failed(worker, error, player.bytesSent > sentBefore);
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
        done();
      }
    }
  }

  private async ask(
    worker: ReturnType<WorkerDirectory['choose']>,
    { media, contentTree, grant: content, onGrant, requestId }: RelayRequest,
    begun: BegunBody | undefined,
    player: PlayerConnection,
  ): Promise<WorkerAnswer> {
    if (begun !== undefined) this.metrics.resumedPlaybacks.inc();
    const resume = begun && { entityTag: begun.entityTag, offset: player.bytesSent };
    const request = { ...media, ...(resume && { resume }) };
    const ask = (more: Pick<MediaRequest, 'contentTree'>): Promise<WorkerAnswer> =>
      this.grants.withGrant(
        content,
        grant => {
          onGrant?.(grant);
          return this.client.requestMedia(worker, { ...request, ...more, grant }, requestId, player.signal);
        },
        worker.certificate,
      );
    try {
      return await ask({});
    } catch (error) {
      if (!(error instanceof RcsError && error.code === 'RCS_CONTENT_TREE_NEEDED')) throw error;
      return ask({ contentTree: await contentTree() });
    }
  }

  private async begin(answer: WorkerAnswer, request: RelayRequest, player: PlayerConnection): Promise<BegunBody> {
    try {
      await request.audited;
    } catch (error) {
      answer.body.on('error', () => undefined).destroy();
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
    return {
      status: answer.status,
      entityTag: answer.headers.etag ?? '',
      length: Number(answer.headers['content-length'] ?? 0),
      certificateAlias: alias === undefined ? undefined : decodeURIComponent(alias),
    };
  }

  private async pass(answer: WorkerAnswer, begun: BegunBody, player: PlayerConnection): Promise<void> {
    try {
      await sendStream(answer.body, player.response, {
        length: begun.length - player.bytesSent,
        receiverIdleTimeoutMs: this.clientIdleTimeoutMs,
        onBytes: count => {
          player.count(count);
          this.metrics.bytesSent.inc(count);
        },
      });
    } catch (error) {
      if (error instanceof ReceiverGoneError) throw error;
      throw new RcsError('RCS_WORKER_FAILED', `the body of a worker broke off after ${player.bytesSent} bytes`, {
        cause: error,
      });
    }
    await endWithin(player.response, this.clientIdleTimeoutMs);
  }
}

/** @throws RcsError RCS_STORAGE_CHANGED when the answer is anything but the rest of the body that has begun. */
function checkContinuation(answer: WorkerAnswer, begun: BegunBody, sent: number): void {
  const { status, headers } = answer;
  const length = Number(headers['content-length'] ?? 0);
  if (status === begun.status && headers.etag === begun.entityTag && length === begun.length - sent) return;
  answer.body.on('error', () => undefined).destroy();
  throw new RcsError('RCS_STORAGE_CHANGED', `another worker continues with ${status} ${headers.etag ?? ''} ${length}`);
}
