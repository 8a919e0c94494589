/** So many stand in line in a session where operations are short. */
const longestLine = 4;
/** Who takes longer than this, seconds, does not compute on processors of this machine alone, or has more sessions than those. */
const shortSeconds = 0.005;
/** Of each new operation in the mean of all. */
const share = 1 / 8;

/**
 * How many operations may stand in line in a session. Where they take a moment, the sessions would rest longer for the event loop
 * than they work; where they take long, nobody shall wait in one session while another becomes free.
 */
export class LineLength {
  /** Seconds; until an operation has ended, nothing is known. */
  private mean = Infinity;

  get current(): number {
    return this.mean < shortSeconds ? longestLine : 1;
  }

  /** Takes account of an operation that took so many seconds. */
  note(seconds: number): void {
    this.mean = this.mean === Infinity ? seconds : this.mean + (seconds - this.mean) * share;
  }
}
