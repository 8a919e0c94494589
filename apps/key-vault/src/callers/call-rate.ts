import { LRUCache } from 'lru-cache';
import { entriesAtMost, RcsError } from '#platform';

interface Bucket {
  left: number;
  filledAt: number;
}

const rememberedCallers = 10_000;
/** A caller may save up this many seconds of its rate. */
const burstSeconds = 2;

/** How many uses of keys a caller may ask for: a token bucket for each, in memory of this process. */
export class CallRate {
  private readonly buckets = new LRUCache<string, Bucket>(entriesAtMost(rememberedCallers));

  constructor(private readonly perSecond: number) {}

  /** Takes `uses` out of the caller's bucket. @throws RcsError RCS_TOO_MANY_REQUESTS with the time to wait */
  spend(caller: string, uses: number, now: number = performance.now()): void {
    const most = this.perSecond * burstSeconds;
    const bucket = this.buckets.get(caller) ?? { left: most, filledAt: now };
    bucket.left = Math.min(most, bucket.left + ((now - bucket.filledAt) / 1000) * this.perSecond);
    bucket.filledAt = now;
    this.buckets.set(caller, bucket);
    // One call may take more than the bucket holds, if the bucket is full: a batch must not wait without end.
    const needed = Math.min(uses, most);
    if (bucket.left < needed) {
      const retryAfterMs = Math.ceil(((needed - bucket.left) / this.perSecond) * 1000);
      throw new RcsError(
        'RCS_TOO_MANY_REQUESTS',
        `a caller asks for more than ${this.perSecond} uses of keys a second`,
        {
          retryAfterMs,
        },
      );
    }
    bucket.left -= needed;
  }
}
