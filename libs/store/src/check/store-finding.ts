/** One thing that was looked at in a store. */
export interface StoreFinding {
  readonly check: 'connection' | 'schema' | 'audit' | 'indexes' | 'months' | 'counts' | 'rights';
  /** `doubtful` works, and somebody should know. */
  readonly verdict: 'good' | 'doubtful' | 'bad';
  readonly found: string;
  /** What to do next; absent where all is well. */
  readonly advice?: string;
}

export const good = (check: StoreFinding['check'], found: string): StoreFinding => ({ check, verdict: 'good', found });

export const bad = (check: StoreFinding['check'], found: string, advice: string): StoreFinding => ({
  check,
  verdict: 'bad',
  found,
  advice,
});
