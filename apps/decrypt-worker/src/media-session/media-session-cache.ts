import type { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import type { ForgottenRecording } from '#contracts';
import { clockToleranceSeconds, maximumGrantLifetimeSeconds } from '#grants';
import { abortable, deadlineSignal, RcsError, throwIfAborted } from '#platform';
import { isOpenedBy, MediaSession, type ForgottenKey, type OpenMedia } from './media-session.js';
import { isOf } from './session-identity.js';

export interface LeasedMedia {
  readonly media: OpenMedia;
  /** Plaintext [start, end), broken off when the session is ended. */
  readonly stream: (start: number, end: number, signal: AbortSignal) => Readable;
  readonly release: () => void;
}

interface Opening {
  readonly session: Promise<MediaSession>;
  readonly controller: AbortController;
  /** Keys that were forgotten meanwhile: what they open now is too late. */
  readonly forgotten: ForgottenKey[];
  waiters: number;
  release: () => void;
}

export interface MediaSessionCacheOptions {
  readonly size: number;
  readonly timeToLiveMs: number;
  readonly openTimeoutMs: number;
}

/** Longer than any grant is shown. */
const grantsLiveMs = (maximumGrantLifetimeSeconds + 2 * clockToleranceSeconds) * 1000;

/** The leaves of content trees of all sessions: 128 GiB of stored files. */
const maximumTreeBytes = 64 * 1024 * 1024;

/**
 * Bounded memory of opened media. Requests for the same media at the same moment share one opening, and thereby one
 * HSM operation; an opening nobody waits for any more is cancelled.
 */
export class MediaSessionCache {
  private readonly sessions: LRUCache<string, MediaSession>;
  private readonly openings = new Map<string, Opening>();
  /** Each with its key; those that were evicted and still stream, too. */
  private readonly live = new Map<MediaSession, string>();

  /** Recordings that grants of before their removal may still name. */
  private readonly removed = new LRUCache<string, ForgottenRecording>({
    max: 1000,
    ttl: grantsLiveMs,
    ttlAutopurge: true,
  });

  constructor(private readonly options: MediaSessionCacheOptions) {
    this.sessions = new LRUCache({
      max: options.size,
      ttl: options.timeToLiveMs,
      ttlAutopurge: true,
      maxSize: maximumTreeBytes,
      sizeCalculation: ({ media }) => 1 + (media.memoryBytes ?? 0),
      dispose: session => session.retire(),
    });
  }

  get size(): number {
    return this.sessions.size;
  }

  /** Whether there is a session under `key`, or will be. */
  has(key: string): boolean {
    return this.sessions.has(key) || this.openings.has(key);
  }

  /** The session under `key`, opened by `open` if there is none. The caller releases it. */
  async use(
    key: string,
    signal: AbortSignal,
    open: (signal: AbortSignal) => Promise<OpenMedia>,
  ): Promise<LeasedMedia & { readonly hit: boolean }> {
    for (const recording of this.removed.values()) if (isOf(key, recording)) throw recordingGone();
    const known = this.sessions.get(key);
    if (known !== undefined) return { ...leased(known), release: known.lease(), hit: true };
    const { session, release } = await this.join(key, signal, open);
    return { ...leased(session), release, hit: false };
  }

  /** Forgets a session, for instance because the stored file changed. */
  forget(key: string): void {
    this.sessions.delete(key);
  }

  /**
   * Ends all that one key has opened, or is opening: streams that run are broken off.
   * @returns how many sessions there were.
   */
  forgetKey(key: ForgottenKey): number {
    for (const { forgotten } of this.openings.values()) forgotten.push(key);
    return this.endAll(({ media }) => isOpenedBy(media, key), forgottenKey());
  }

  /**
   * Ends all that was opened of a recording, or is being opened: streams that run are broken off.
   * @returns how many sessions there were.
   */
  forgetRecording(recording: ForgottenRecording): number {
    const gone = recordingGone();
    this.removed.set(JSON.stringify([recording.contactCenter, recording.recording]), recording);
    for (const [key, opening] of this.openings) if (isOf(key, recording)) opening.controller.abort(gone);
    return this.endAll((_session, key) => isOf(key, recording), gone);
  }

  private endAll(isMeant: (session: MediaSession, key: string) => boolean, reason: RcsError): number {
    const ended = [...this.live].filter(([session, key]) => isMeant(session, key)).map(([session]) => session);
    for (const [name, session] of [...this.sessions]) if (ended.includes(session)) this.sessions.delete(name);
    for (const session of ended) session.end(reason);
    return ended.length;
  }

  /** Forgets everything and gives up what is being opened. */
  clear(): void {
    for (const { controller } of this.openings.values()) controller.abort(new Error('the worker stops'));
    this.sessions.clear();
  }

  private async join(
    key: string,
    signal: AbortSignal,
    open: (signal: AbortSignal) => Promise<OpenMedia>,
  ): Promise<{ readonly session: MediaSession; readonly release: () => void }> {
    throwIfAborted(signal, 'opening the media');
    const opening = this.openings.get(key) ?? this.begin(key, open);
    opening.waiters++;
    try {
      const session = await abortable(opening.session, signal);
      return { session, release: session.lease() };
    } finally {
      opening.waiters--;
      if (opening.waiters === 0) this.finish(key, opening);
    }
  }

  private begin(key: string, open: (signal: AbortSignal) => Promise<OpenMedia>): Opening {
    const controller = new AbortController();
    const forgotten: ForgottenKey[] = [];
    const session = open(deadlineSignal(this.options.openTimeoutMs, controller.signal)).then(media => {
      if (forgotten.some(late => isOpenedBy(media, late))) {
        media.close();
        throw forgottenKey();
      }
      const opened = new MediaSession(media, closed => this.live.delete(closed));
      this.live.set(opened, key);
      // A lease of the opening itself, so that an eviction cannot close it before the waiters have theirs.
      opening.release = opened.lease();
      this.sessions.set(key, opened);
      // What is too large for the memory is used once.
      if (!this.sessions.has(key)) opened.retire();
      if (opening.waiters === 0) opening.release();
      return opened;
    });
    const opening: Opening = { session, controller, forgotten, waiters: 0, release: () => undefined };
    this.openings.set(key, opening);
    return opening;
  }

  private finish(key: string, opening: Opening): void {
    if (this.openings.get(key) === opening) this.openings.delete(key);
    opening.release();
    opening.controller.abort(new Error('nobody waits for this media any more'));
  }
}

const leased = (session: MediaSession): Pick<LeasedMedia, 'media' | 'stream'> => ({
  media: session.media,
  stream: (start, end, signal) => session.stream(start, end, signal),
});

const recordingGone = (): RcsError => new RcsError('RCS_RECORDING_NOT_FOUND', 'the recording was removed meanwhile');

const forgottenKey = (): RcsError =>
  new RcsError('RCS_KEY_NOT_FOUND', 'the key that opened this media was disabled or removed meanwhile');
