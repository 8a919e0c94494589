import { setTimeout as sleep } from 'node:timers/promises';
import type { MediaRequest, WorkerRegistration } from '#contracts';
import { beginStep, inStep, RcsError } from '#platform';
import type { GrantIssuer } from '../grants/grant-issuer.js';
import type { WorkerAnswer } from '../workers/worker-answer.js';
import type { WorkerClient } from '../workers/worker-client.js';
import { restBefore, windowAt, windowOfSlowPlayers } from './body-windows.js';
import { ReadAhead } from './read-ahead.js';
import type { RelayRequest } from './relay-request.js';

/** Where a body goes on: how many of its bytes are there already, and which body it is once it has begun. */
export interface PartPlace {
  readonly offset: number;
  readonly entityTag: string | undefined;
}

/** The parts of one body, asked for one after the other, and the next one a little before it is wanted. */
export class BodyParts {
  private readonly ahead = new ReadAhead();
  private largestWindow = Infinity;

  /**
   * @param signal aborted when the player leaves.
   * @param holder the worker that most likely has the media open.
   */
  constructor(
    private readonly client: Pick<WorkerClient, 'requestMedia'>,
    private readonly grants: Pick<GrantIssuer, 'withGrant'>,
    private readonly request: RelayRequest,
    private readonly signal: AbortSignal,
    private holder?: string,
  ) {}

  /** The part at this place, as the worker answers it. @throws RcsError of the worker. */
  async next(worker: WorkerRegistration, place: PartPlace): Promise<WorkerAnswer> {
    const ahead = await this.ahead.take();
    if (ahead !== undefined) return ahead;
    const rest = this.restAt(place);
    if (rest > 0) await sleep(rest, undefined, { signal: this.signal });
    return this.ask(worker, place, this.signal);
  }

  /** Asks for the part that is wanted after the present one, where it is wanted at once. */
  askAhead(worker: WorkerRegistration, place: PartPlace): void {
    if (this.restAt(place) === 0) this.ahead.start(() => this.ask(worker, place, untilItComes()));
  }

  /** The player has stalled: from now on little is asked for at once. */
  slowDown(): void {
    this.largestWindow = windowOfSlowPlayers;
  }

  /** What was asked ahead is not wanted any more. */
  drop(): void {
    this.ahead.drop();
  }

  private restAt({ offset }: PartPlace): number {
    return restBefore(offset, this.request.media.range);
  }

  private async ask(worker: WorkerRegistration, place: PartPlace, signal: AbortSignal): Promise<WorkerAnswer> {
    const answer = await this.askAsNeeded(worker, place, signal);
    this.holder = worker.instance;
    return answer;
  }

  private async askAsNeeded(worker: WorkerRegistration, place: PartPlace, signal: AbortSignal): Promise<WorkerAnswer> {
    try {
      return await this.askWith(await this.sentAtOnce(worker), worker, place, signal);
    } catch (error) {
      if (!(error instanceof RcsError && error.code === 'RCS_CONTENT_TREE_NEEDED')) throw error;
      return this.askWith({ contentTree: await this.request.contentTree() }, worker, place, signal);
    }
  }

  /** A worker that has the media not open yet needs the tree: to be asked for it would cost a listener a round trip. */
  private async sentAtOnce({ instance }: WorkerRegistration): Promise<Pick<MediaRequest, 'contentTree'>> {
    if (instance === this.holder || this.request.grant.content?.root === undefined) return {};
    try {
      return { contentTree: await this.request.contentTree() };
    } catch {
      // A worker that has it open all the same needs none, and one that asks for it is where the failure is told.
      return {};
    }
  }

  private askWith(
    more: Pick<MediaRequest, 'contentTree'>,
    worker: WorkerRegistration,
    { offset, entityTag }: PartPlace,
    signal: AbortSignal,
  ): Promise<WorkerAnswer> {
    const { media, grant: content, onGrant, requestId } = this.request;
    const request = {
      ...media,
      ...more,
      ...(entityTag === undefined ? {} : { resume: { entityTag, offset } }),
      ...(media.method === 'GET' ? { window: Math.min(this.largestWindow, windowAt(offset, media.range)) } : {}),
    };
    const granted = beginStep(requestId, 'grant');
    return this.grants.withGrant(
      content,
      grant => {
        granted();
        onGrant?.(grant);
        const asked = (): Promise<WorkerAnswer> =>
          this.client.requestMedia(worker, { ...request, grant }, requestId, signal);
        return inStep(requestId, 'worker answers', asked);
      },
      worker.certificate,
    );
  }
}

/** A player that leaves does not end this: the answer is on its way, and its connection is worth more than its bytes. */
const untilItComes = (): AbortSignal => new AbortController().signal;
