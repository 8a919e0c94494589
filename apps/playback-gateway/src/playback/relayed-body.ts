import type { WorkerRegistration } from '#contracts';
import { endWithin, inStep, RcsError, ReceiverGoneError, ReceiverStalledError, sendStream } from '#platform';
import type { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { giveUpBody } from '../workers/give-up-body.js';
import { bodyLengthOf, type WorkerAnswer } from '../workers/worker-answer.js';
import { bodyBegunBy, checkContinuation, playerHeaders, type BegunBody } from './begun-body.js';
import type { BodyParts } from './body-parts.js';
import { askedAheadBytes } from './body-windows.js';
import type { PlayerConnection } from './player-connection.js';
import type { RelayRequest } from './relay-request.js';
import type { MediaHolder } from './tree-for-worker.js';

/**
 * A player that takes nothing for so long, milliseconds, keeps no worker and no connection to a storage, which are few and
 * everybody's. Pauses, and slow networks, last longer.
 */
const letGoAfterMs = 2000;
/** Of each write for a slow player: half a minute passes until the system takes the last of them. */
const pieceBytes = 16 * 1024;

/** The body of one playback on its way to the player, part by part, whichever workers the parts come from. */
export class RelayedBody {
  private begun: BegunBody | undefined;

  /** @param playerIdleTimeoutMs how long the player may take nothing. */
  constructor(
    private readonly request: RelayRequest,
    private readonly player: PlayerConnection,
    private readonly parts: BodyParts,
    private readonly metrics: GatewayMetrics,
    private readonly playerIdleTimeoutMs: number,
  ) {}

  get hasBegun(): boolean {
    return this.begun !== undefined;
  }

  /**
   * Takes the rest from this worker.
   * @param onAnswer told, when it has answered as it should, what it has of the content tree
   * @returns `stalled` where the worker was let go, because the player took nothing for a while
   * @throws what the worker fails with, RcsError RCS_AUDIT_UNAVAILABLE, ReceiverGoneError
   */
  async takeFrom(worker: WorkerRegistration, onAnswer: (holder: MediaHolder) => void): Promise<'whole' | 'stalled'> {
    const { player, parts } = this;
    try {
      for (;;) {
        const answer = await parts.next(worker, { offset: player.bytesSent, entityTag: this.begun?.entityTag });
        if (this.begun !== undefined) checkContinuation(answer, this.begun, player.bytesSent);
        if (parts.holder !== undefined) onAnswer(parts.holder);
        const begun = (this.begun ??= await this.begin(answer));
        if (!(await this.pass(answer, begun, worker))) return 'stalled';
        if (player.bytesSent >= begun.length) return 'whole';
      }
    } finally {
      parts.drop();
    }
  }

  /** Resolves when the player has taken all. @throws ReceiverGoneError when it does not */
  async end(): Promise<Pick<BegunBody, 'status' | 'certificateAlias'>> {
    await endWithin(this.player.response, this.playerIdleTimeoutMs);
    const { status = 0, certificateAlias } = this.begun ?? {};
    return { status, certificateAlias };
  }

  /** No byte leaves before the audit has it. */
  private async begin(answer: WorkerAnswer): Promise<BegunBody> {
    const { request, player } = this;
    try {
      await inStep(request.requestId, 'wait for the audit', () => request.audited);
    } catch (error) {
      giveUpBody(answer.body, bodyLengthOf(answer));
      // A code of its own: an audit log that is overloaded is no reason to ask another worker.
      throw new RcsError('RCS_AUDIT_UNAVAILABLE', 'the playback could not be audited', { cause: error });
    }
    this.metrics.timeToFirstByte.observe(Number(process.hrtime.bigint() - player.openedAt) / 1e9);
    player.writeHead(answer.status, { ...playerHeaders(answer), ...request.headers });
    return bodyBegunBy(answer, request.media.method);
  }

  /** @returns whether all of this part was taken; the rest of it was let go otherwise */
  private async pass(answer: WorkerAnswer, begun: BegunBody, worker: WorkerRegistration): Promise<boolean> {
    const { player, parts } = this;
    const length = bodyLengthOf(answer);
    const end = player.bytesSent + length;
    let writtenAt = performance.now();
    const onBytes = (count: number): void => {
      writtenAt = performance.now();
      player.count(count);
      parts.pace.wrote(count);
      this.metrics.bytesSent.inc(count);
      if (end < begun.length && end - player.bytesSent <= askedAheadBytes)
        parts.askAhead(worker, { offset: end, entityTag: begun.entityTag });
    };
    try {
      await sendStream(answer.body, player.response, {
        length,
        receiverIdleTimeoutMs: this.playerIdleTimeoutMs,
        letGoAfterMs,
        giveUp: (source, restBytes) => {
          giveUpBody(source, restBytes);
          parts.drop();
        },
        disposes: true,
        ...(parts.pace.isSlow ? { pieceBytes } : {}),
        onBytes,
      });
      if (performance.now() - writtenAt < letGoAfterMs) parts.pace.tookAtOnce();
      else parts.pace.waits();
      return true;
    } catch (error) {
      if (error instanceof ReceiverStalledError) {
        parts.pace.waits();
        return false;
      }
      if (error instanceof ReceiverGoneError) throw error;
      const broken = `the body of a worker broke off after ${player.bytesSent} bytes`;
      throw new RcsError('RCS_WORKER_FAILED', broken, { cause: error });
    }
  }
}
