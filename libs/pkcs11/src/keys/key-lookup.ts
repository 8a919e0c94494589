import { TokenError } from '../errors/token-error.js';
import type { KeyIndex } from './key-index.js';
import { SharedReading } from './shared-reading.js';
import type { KeySelector, TokenKey } from './token-key.js';

export type KeyFilter = (key: TokenKey) => boolean;

export interface KeyLookupOptions {
  /** The keys as they were read last. @throws TokenError unavailable while the token is away */
  readonly index: () => KeyIndex;
  /** Reads the keys of the token again. */
  readonly reread: () => Promise<void>;
  /** Makes the module look at its token anew, for one that reads its objects once. */
  readonly renew?: (() => Promise<void>) | undefined;
}

/** Unknown recipients make us read the token again at most this often. */
const rereadIntervalMs = 1000;
const renewIntervalMs = 60_000;

/** Finds keys by name; where none is known the token is read again, because another process may have imported one. */
export class KeyLookup {
  private readonly reading: SharedReading;
  private readonly renewal: SharedReading | undefined;
  private renewedAt = -Infinity;

  constructor(private readonly options: KeyLookupOptions) {
    const { reread, renew } = options;
    this.reading = new SharedReading(rereadIntervalMs, reread);
    this.renewal = renew === undefined ? undefined : new SharedReading(0, renew);
  }

  /** The wanted ones of the keys bearing the name, the likeliest first. @throws TokenError */
  byName(selector: KeySelector, isWanted: KeyFilter, signal: AbortSignal): Promise<readonly TokenKey[]> {
    return this.lookUp(index => index.find(selector).filter(isWanted), signal);
  }

  /** @throws TokenError */
  where(matches: KeyFilter, signal: AbortSignal): Promise<readonly TokenKey[]> {
    return this.lookUp(({ keys }) => keys.filter(matches), signal);
  }

  private async lookUp(
    find: (index: KeyIndex) => readonly TokenKey[],
    signal: AbortSignal,
  ): Promise<readonly TokenKey[]> {
    const known = find(this.options.index());
    if (known.length > 0) return known;
    await unlessGivenUp(this.reading.next(), signal);
    const found = find(this.options.index());
    if (found.length > 0 || this.renewal === undefined || performance.now() < this.renewedAt + renewIntervalMs) {
      return found;
    }
    this.renewedAt = performance.now();
    await unlessGivenUp(this.renewal.next(), signal);
    return find(this.options.index());
  }
}

/** @throws TokenError busy when the signal aborts first */
async function unlessGivenUp(reading: Promise<void>, signal: AbortSignal): Promise<void> {
  let leave = (): void => undefined;
  const givenUp = new Promise<never>((_, reject) => {
    leave = () => reject(new TokenError('busy', 'a look-up was given up', { cause: signal.reason }));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    await Promise.race([reading, givenUp]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
