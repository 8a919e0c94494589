import { maximumContentTreeParts, type MediaRequest, type WorkerRegistration } from '#contracts';
import { MissingPartsError, partCount } from '#media-storage';
import { RcsError } from '#platform';
import {
  everyPart,
  likelyParts,
  partSet,
  partsIn,
  type BodyWindow,
  type LikelyParts,
  type PartSet,
} from './likely-parts.js';
import type { RelayRequest } from './relay-request.js';

/** The worker that most likely has media open, and what it was sent of its content tree. */
export interface MediaHolder {
  readonly instance: string;
  readonly parts: PartSet;
}

type TreeFields = Pick<MediaRequest, 'contentTree' | 'contentTreeParts'>;

/** A worker that still needs more then is sent the whole tree. */
const roundsOfParts = 3;

/** What of a content tree a worker is sent for one window of a body. */
export class TreeForWorker {
  private readonly likely: LikelyParts | undefined;
  private readonly isHolder: boolean;
  private known: PartSet;
  private sent: PartSet | undefined;
  private rounds = 0;

  constructor(
    private readonly request: RelayRequest,
    private readonly worker: WorkerRegistration,
    holder: MediaHolder | undefined,
    window: BodyWindow,
  ) {
    this.isHolder = holder?.instance === worker.instance;
    this.known = this.isHolder ? (holder?.parts ?? 0n) : 0n;
    this.likely = worker.contentTreeParts === true ? likelyParts(request, window) : undefined;
  }

  /** What the worker holds when it has answered. */
  get holder(): MediaHolder {
    return { instance: this.worker.instance, parts: this.known | (this.sent ?? 0n) };
  }

  /** What it may not know: to be asked for it would cost a listener a round trip. */
  async atOnce(): Promise<TreeFields> {
    const missing = this.missing();
    if (missing === undefined) return {};
    try {
      return await this.send(missing);
    } catch {
      // A worker that has it open all the same needs none, and one that asks for it is where the failure is told.
      return {};
    }
  }

  /** What a worker asks for that could not answer. @throws the error where that is nothing of the tree */
  async after(error: unknown): Promise<TreeFields> {
    const asksForTree = error instanceof RcsError && error.code === 'RCS_CONTENT_TREE_NEEDED';
    if (!asksForTree || this.sent === everyPart) throw error;
    const needed = error instanceof MissingPartsError ? this.and(error.parts) : this.toOpen();
    this.rounds++;
    return this.send(needed === this.sent || this.rounds > roundsOfParts ? everyPart : needed);
  }

  private missing(): PartSet | undefined {
    if (this.request.grant.content?.root === undefined) return undefined;
    if (this.likely === undefined) return this.isHolder && this.hasAll() ? undefined : everyPart;
    const { window, ends } = this.likely;
    if (!this.isHolder) return window | ends;
    const missing = window & ~this.known;
    return missing === 0n ? undefined : missing;
  }

  /** A worker of before that has the media open has all of its tree. */
  private hasAll(): boolean {
    return this.worker.contentTreeParts !== true || this.known === everyPart;
  }

  /** Its session is gone, and with it what it had. */
  private toOpen(): PartSet {
    this.known = 0n;
    return this.likely === undefined ? everyPart : this.likely.window | this.likely.ends;
  }

  private and(parts: MissingPartsError['parts']): PartSet {
    if (parts === 'all' || this.likely === undefined) return everyPart;
    const { content } = this.request.grant;
    const count = content === undefined ? 0 : partCount(content.length);
    return (this.sent ?? 0n) | this.likely.window | partSet(parts.filter(part => part < count));
  }

  private async send(parts: PartSet): Promise<TreeFields> {
    const numbers = partsIn(parts);
    if (parts !== everyPart && numbers.length <= maximumContentTreeParts) {
      const contentTreeParts = await this.request.contentTreeParts(numbers);
      if (contentTreeParts !== undefined) {
        this.sent = parts;
        return { contentTreeParts };
      }
    }
    const contentTree = await this.request.contentTree();
    this.sent = everyPart;
    return { contentTree };
  }
}
