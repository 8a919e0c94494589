import { setTimeout as sleep } from 'node:timers/promises';
import type { MediaRequest, WorkerRegistration } from '#contracts';
import { beginStep, inStep } from '#platform';
import type { GrantIssuer } from '../grants/grant-issuer.js';
import type { WorkerAnswer } from '../workers/worker-answer.js';
import type { WorkerClient } from '../workers/worker-client.js';
import type { WorkerDirectory } from '../workers/worker-directory.js';
import { restBefore, windowAt } from './body-windows.js';
import { ReadAhead } from './read-ahead.js';
import type { RelayRequest } from './relay-request.js';
import { SlowPace } from './slow-pace.js';
import { TreeForWorker, type MediaHolder } from './tree-for-worker.js';

/** Where a body goes on: how many of its bytes are there already, and which body it is once it has begun. */
export interface PartPlace {
  readonly offset: number;
  readonly entityTag: string | undefined;
}

/** The parts of one body, asked for one after the other, and the next one a little before it is wanted. */
export class BodyParts {
  /** Of the player, which decides how large the parts are. */
  readonly pace = new SlowPace();
  private readonly ahead = new ReadAhead();

  /**
   * @param signal aborted when the player leaves.
   * @param present the worker that most likely has the media open.
   */
  constructor(
    private readonly client: Pick<WorkerClient, 'requestMedia'>,
    private readonly workers: Pick<WorkerDirectory, 'begin'>,
    private readonly grants: Pick<GrantIssuer, 'withGrant'>,
    private readonly request: RelayRequest,
    private readonly signal: AbortSignal,
    private present?: MediaHolder,
  ) {}

  /** The worker that answered last, and what it has of the content tree. */
  get holder(): MediaHolder | undefined {
    return this.present;
  }

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
    if (this.restAt(place) === 0 && !this.pace.isSlow) this.ahead.start(() => this.ask(worker, place, untilItComes()));
  }

  /** What was asked ahead is not wanted any more. */
  drop(): void {
    this.ahead.drop();
  }

  private restAt({ offset }: PartPlace): number {
    return restBefore(offset, this.request.media.range);
  }

  /** Counts for the worker until it has sent all, or is let go: not while the player has only to take it. */
  private async ask(worker: WorkerRegistration, place: PartPlace, signal: AbortSignal): Promise<WorkerAnswer> {
    const done = this.workers.begin(worker.instance);
    try {
      const answer = await this.askAsNeeded(worker, place, signal);
      if (answer.body.closed) done();
      else answer.body.once('close', done);
      return answer;
    } catch (error) {
      done();
      throw error;
    }
  }

  private async askAsNeeded(worker: WorkerRegistration, place: PartPlace, signal: AbortSignal): Promise<WorkerAnswer> {
    const bytes = this.windowAt(place) ?? 0;
    const tree = new TreeForWorker(this.request, worker, this.present, { offset: place.offset, bytes });
    let sent = await tree.atOnce();
    for (;;) {
      try {
        const answer = await this.askWith(sent, worker, place, signal);
        this.present = tree.holder;
        return answer;
      } catch (error) {
        sent = await tree.after(error);
      }
    }
  }

  private windowAt({ offset }: PartPlace): number | undefined {
    const { method, range } = this.request.media;
    return method === 'GET' ? Math.min(this.pace.window, windowAt(offset, range)) : undefined;
  }

  private askWith(
    tree: Pick<MediaRequest, 'contentTree' | 'contentTreeParts'>,
    worker: WorkerRegistration,
    place: PartPlace,
    signal: AbortSignal,
  ): Promise<WorkerAnswer> {
    const { offset, entityTag } = place;
    const window = this.windowAt(place);
    const { media, grant: content, onGrant, requestId } = this.request;
    const request = {
      ...media,
      ...tree,
      ...(entityTag === undefined ? {} : { resume: { entityTag, offset } }),
      ...(window === undefined ? {} : { window }),
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
