/** One thing that was looked at. */
export interface Finding {
  readonly check:
    | 'module'
    | 'slots'
    | 'token'
    | 'pin'
    | 'mechanisms'
    | 'import'
    | 'generate'
    | 'sessions'
    | 'keys'
    | 'unwrap'
    | 'schemes'
    | 'speed';
  readonly verdict: 'good' | 'doubtful' | 'bad';
  readonly found: string;
  /** What to do about it; empty where nothing is wrong. */
  readonly advice: string;
  /** What strangers may know of what was found, where that is less. */
  readonly reported?: string;
}

type Check = Finding['check'];

export const good = (check: Check, found: string, reported?: string): Finding => ({
  check,
  verdict: 'good',
  found,
  advice: '',
  ...(reported === undefined ? {} : { reported }),
});
export const doubtful = (check: Check, found: string, advice: string): Finding => ({
  check,
  verdict: 'doubtful',
  found,
  advice,
});
export const bad = (check: Check, found: string, advice: string): Finding => ({ check, verdict: 'bad', found, advice });
