import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MediaSessionCache } from './media-session-cache.js';
import type { OpenMedia } from './media-session.js';

/** Opened media that tells how often it was closed, and whose key is zeroed by closing as the real one does. */
class ObservedMedia implements OpenMedia {
  readonly length = 0;
  readonly lastModified = undefined;
  readonly certificateAlias = undefined;
  readonly key = Buffer.alloc(32, 0xa5);
  closed = 0;

  constructor(readonly entityTag = '"any"') {}

  stream(): Readable {
    return Readable.from([]);
  }

  dividable(): boolean {
    return true;
  }

  close(): void {
    this.closed++;
    this.key.fill(0);
  }
}

/** An opening whose end the test decides. */
class PendingOpening {
  readonly signals: AbortSignal[] = [];
  private settle: { resolve: (media: OpenMedia) => void; reject: (error: Error) => void }[] = [];

  readonly open = (signal: AbortSignal): Promise<OpenMedia> => {
    this.signals.push(signal);
    return new Promise((resolve, reject) => {
      this.settle.push({ resolve, reject });
    });
  };

  get count(): number {
    return this.signals.length;
  }

  succeed(media: OpenMedia, index = 0): void {
    this.settle[index]?.resolve(media);
  }

  fail(error: Error, index = 0): void {
    this.settle[index]?.reject(error);
  }
}

const longTime = 60_000;
const nobodyLeaves = new AbortController().signal;

describe(MediaSessionCache.name, () => {
  let caches: MediaSessionCache[] = [];

  function create(options: { size?: number; timeToLiveMs?: number; openTimeoutMs?: number } = {}): MediaSessionCache {
    const cache = new MediaSessionCache({ size: 10, timeToLiveMs: longTime, openTimeoutMs: longTime, ...options });
    caches.push(cache);
    return cache;
  }

  afterEach(async () => {
    caches.forEach(cache => cache.clear());
    caches = [];
    // A rejection nobody handled shows now, and fails the test.
    await nextTurn();
  });

  const openingOf = (media: OpenMedia) => () => Promise.resolve(media);

  it('opens once for callers that come together, and gives all of them the same media', async () => {
    const [cache, opening, media] = [create(), new PendingOpening(), new ObservedMedia()];
    const callers = Array.from({ length: 20 }, () => cache.use('a', new AbortController().signal, opening.open));
    opening.succeed(media);
    const leases = await Promise.all(callers);
    expect(opening.count).toBe(1);
    expect(leases.every(lease => lease.media === media)).toBe(true);
    expect(leases.map(lease => lease.hit)).not.toContain(true);
  });

  it('gives later callers the session that is there', async () => {
    const [cache, media] = [create(), new ObservedMedia()];
    (await cache.use('a', nobodyLeaves, openingOf(media))).release();
    const second = await cache.use('a', nobodyLeaves, openingOf(new ObservedMedia()));
    expect(second).toMatchObject({ media, hit: true });
    expect(media.closed).toBe(0);
  });

  it('opens different media apart', async () => {
    const [cache, first, second] = [create(), new ObservedMedia(), new ObservedMedia()];
    expect((await cache.use('a', nobodyLeaves, openingOf(first))).media).toBe(first);
    expect((await cache.use('b', nobodyLeaves, openingOf(second))).media).toBe(second);
  });

  describe('when callers leave', () => {
    it('lets the others have what one of them began to open', async () => {
      const [cache, opening, media] = [create(), new PendingOpening(), new ObservedMedia()];
      const leaver = new AbortController();
      const first = cache.use('a', leaver.signal, opening.open);
      const second = cache.use('a', nobodyLeaves, opening.open);
      leaver.abort(new Error('the player left'));
      await expect(first).rejects.toThrow('the player left');
      expect(opening.signals[0]!.aborted).toBe(false);
      opening.succeed(media);
      expect((await second).media).toBe(media);
      expect(media.closed).toBe(0);
    });

    it('cancels the opening as soon as the last one has left', async () => {
      const [cache, opening] = [create(), new PendingOpening()];
      const leavers = [new AbortController(), new AbortController()];
      const callers = leavers.map(leaver => cache.use('a', leaver.signal, opening.open));
      leavers.forEach(leaver => leaver.abort(new Error('left')));
      const results = await Promise.allSettled(callers);
      expect(results.map(result => result.status)).toEqual(['rejected', 'rejected']);
      expect(opening.signals[0]!.aborted).toBe(true);
    });

    it('opens again for whoever comes after a cancelled opening, even before that has ended', async () => {
      const [cache, opening, media] = [create(), new PendingOpening(), new ObservedMedia()];
      const leaver = new AbortController();
      const first = cache.use('a', leaver.signal, opening.open);
      leaver.abort(new Error('left'));
      await expect(first).rejects.toThrow('left');
      const second = cache.use('a', nobodyLeaves, opening.open);
      expect(opening.count).toBe(2);
      opening.fail(new Error('cancelled'), 0);
      opening.succeed(media, 1);
      expect((await second).media).toBe(media);
    });

    it('does not lose a key that an opening brings after everybody has left', async () => {
      const [cache, opening, late] = [create(), new PendingOpening(), new ObservedMedia()];
      const leaver = new AbortController();
      const caller = cache.use('a', leaver.signal, opening.open);
      leaver.abort(new Error('left'));
      await expect(caller).rejects.toThrow('left');
      opening.succeed(late);
      await nextTurn();
      cache.clear();
      expect(late.closed).toBe(1);
    });

    it('begins nothing for a caller that has left already', async () => {
      const [cache, opening] = [create(), new PendingOpening()];
      await expect(cache.use('a', AbortSignal.abort(), opening.open)).rejects.toMatchObject({ code: 'RCS_TIMEOUT' });
      expect(opening.count).toBe(0);
    });
  });

  describe('when an opening fails', () => {
    it('tells every caller why and keeps nothing', async () => {
      const [cache, opening, media] = [create(), new PendingOpening(), new ObservedMedia()];
      const callers = [1, 2, 3].map(() => cache.use('a', nobodyLeaves, opening.open));
      const outcomes = Promise.allSettled(callers);
      const failure = new Error('no such file');
      opening.fail(failure);
      expect(await outcomes).toEqual([1, 2, 3].map(() => ({ status: 'rejected', reason: failure })));
      expect(cache.size).toBe(0);
      expect((await cache.use('a', nobodyLeaves, openingOf(media))).media).toBe(media);
    });

    it('leaves no rejection unhandled when the failure comes after everybody has left', async () => {
      const [cache, opening] = [create(), new PendingOpening()];
      const leaver = new AbortController();
      const caller = cache.use('a', leaver.signal, opening.open);
      leaver.abort(new Error('left'));
      await expect(caller).rejects.toThrow('left');
      opening.fail(new Error('too late'));
      await nextTurn();
      expect(cache.size).toBe(0);
    });

    it('gives an opening that hangs no more than its time', async () => {
      const cache = create({ openTimeoutMs: 5 });
      const hanging = (signal: AbortSignal) =>
        new Promise<OpenMedia>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      await expect(cache.use('a', nobodyLeaves, hanging)).rejects.toMatchObject({ name: 'TimeoutError' });
      expect(cache.size).toBe(0);
    });
  });

  describe('when a session has to go', () => {
    it('closes it at once, and once, when nobody uses it', async () => {
      const [cache, media] = [create(), new ObservedMedia()];
      const { release } = await cache.use('a', nobodyLeaves, openingOf(media));
      release();
      release();
      expect(media.closed).toBe(0);
      cache.forget('a');
      cache.forget('a');
      cache.clear();
      expect(media.closed).toBe(1);
      expect(media.key.equals(Buffer.alloc(32))).toBe(true);
    });

    it('keeps the key until the last lease is given back, then zeroes it once', async () => {
      const [cache, media] = [create(), new ObservedMedia()];
      const first = await cache.use('a', nobodyLeaves, openingOf(media));
      const second = await cache.use('a', nobodyLeaves, openingOf(media));
      cache.clear();
      first.release();
      first.release();
      expect(media.closed).toBe(0);
      expect(media.key[0]).toBe(0xa5);
      second.release();
      second.release();
      expect(media.closed).toBe(1);
      expect(media.key.equals(Buffer.alloc(32))).toBe(true);
    });

    it('pushes out the least recently used for a new one, and closes what is not in use', async () => {
      const cache = create({ size: 2 });
      const media = [new ObservedMedia(), new ObservedMedia(), new ObservedMedia()];
      const leases = await Promise.all(
        media.slice(0, 2).map((item, index) => cache.use(`${index}`, nobodyLeaves, openingOf(item))),
      );
      leases[0]!.release();
      (await cache.use('0', nobodyLeaves, openingOf(media[0]!))).release();
      await cache.use('2', nobodyLeaves, openingOf(media[2]!));
      expect(cache.size).toBe(2);
      expect(media.map(item => item.closed)).toEqual([0, 0, 0]);
      leases[1]!.release();
      expect(media.map(item => item.closed)).toEqual([0, 1, 0]);
    });

    it('lets callers finish who share an opening whose session is pushed out at the same moment', async () => {
      const [cache, opening] = [create({ size: 1 }), new PendingOpening()];
      const [pushedOut, other] = [new ObservedMedia(), new ObservedMedia()];
      const callers = [1, 2].map(() => cache.use('a', nobodyLeaves, opening.open));
      const rival = new PendingOpening();
      const rivalCaller = cache.use('b', nobodyLeaves, rival.open);
      opening.succeed(pushedOut);
      rival.succeed(other);
      const leases = await Promise.all(callers);
      await rivalCaller;
      expect(cache.size).toBe(1);
      expect(pushedOut.closed).toBe(0);
      leases[0]!.release();
      expect(pushedOut.closed).toBe(0);
      leases[1]!.release();
      expect(pushedOut.closed).toBe(1);
    });

    it('closes an expired session that is leased only when the lease ends', async () => {
      const [cache, media] = [create({ timeToLiveMs: 1 }), new ObservedMedia()];
      const { release } = await cache.use('a', nobodyLeaves, openingOf(media));
      while (cache.size > 0) await nextTurn();
      expect(media.closed).toBe(0);
      release();
      expect(media.closed).toBe(1);
      const fresh = new ObservedMedia();
      expect((await cache.use('a', nobodyLeaves, openingOf(fresh))).media).toBe(fresh);
    });

    it('closes an expired session without waiting for anybody to ask for it', async () => {
      const [cache, media] = [create({ timeToLiveMs: 1 }), new ObservedMedia()];
      (await cache.use('a', nobodyLeaves, openingOf(media))).release();
      while (media.closed === 0) await nextTurn();
      expect(media.key.equals(Buffer.alloc(32))).toBe(true);
    });
  });
});
