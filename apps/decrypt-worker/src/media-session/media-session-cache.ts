import { LRUCache } from 'lru-cache';
import { deadlineSignal, throwIfAborted } from '#platform';
import { MediaSession, type OpenMedia } from './media-session.js';

export interface LeasedMedia {
  readonly media: OpenMedia;
  readonly release: () => void;
}

interface Opening {
  readonly session: Promise<MediaSession>;
  readonly controller: AbortController;
  waiters: number;
  release: () => void;
}

export interface MediaSessionCacheOptions {
  readonly size: number;
  readonly timeToLiveMs: number;
  readonly openTimeoutMs: number;
}

/**
 * Bounded memory of opened media. Requests for the same media at the same moment share one opening, and thereby one
 * HSM operation; an opening nobody waits for any more is cancelled.
 */
export class MediaSessionCache {
  private readonly sessions: LRUCache<string, MediaSession>;
  private readonly openings = new Map<string, Opening>();

  constructor(private readonly options: MediaSessionCacheOptions) {
    this.sessions = new LRUCache({
      max: options.size,
      ttl: options.timeToLiveMs,
      ttlAutopurge: true,
      dispose: session => session.retire(),
    });
  }

  get size(): number {
    return this.sessions.size;
  }

  /** The session under `key`, opened by `open` if there is none. The caller releases it. */
  async use(
    key: string,
    signal: AbortSignal,
    open: (signal: AbortSignal) => Promise<OpenMedia>,
  ): Promise<LeasedMedia & { readonly hit: boolean }> {
    const known = this.sessions.get(key);
    if (known !== undefined) return { media: known.media, release: known.lease(), hit: true };
    const { session, release } = await this.join(key, signal, open);
    return { media: session.media, release, hit: false };
  }

  /** Forgets a session, for instance because the stored file changed. */
  forget(key: string): void {
    this.sessions.delete(key);
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
    const session = open(deadlineSignal(this.options.openTimeoutMs, controller.signal)).then(media => {
      const opened = new MediaSession(media);
      // A lease of the opening itself, so that an eviction cannot close it before the waiters have theirs.
      opening.release = opened.lease();
      this.sessions.set(key, opened);
      if (opening.waiters === 0) opening.release();
      return opened;
    });
    const opening: Opening = { session, controller, waiters: 0, release: () => undefined };
    this.openings.set(key, opening);
    return opening;
  }

  private finish(key: string, opening: Opening): void {
    if (this.openings.get(key) === opening) this.openings.delete(key);
    opening.release();
    opening.controller.abort(new Error('nobody waits for this media any more'));
  }
}

async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
