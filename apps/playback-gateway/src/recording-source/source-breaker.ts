import { RcsError } from '#platform';

/** So many failures in a row, and the source is left alone for a while. */
const failuresToOpen = 3;
const restMs = 5000;

/**
 * Leaves a source alone that does not answer: everybody hears at once that it is away, instead of waiting for it one after
 * the other. After the rest one call tries; the others follow when that has succeeded.
 */
export class SourceBreaker {
  private failures = 0;
  private openUntil = 0;
  private isTrying = false;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(
    private readonly name: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * @param attempt ends in bounded time, with RCS_RECORDING_SOURCE_UNAVAILABLE where the source is away
   * @throws RcsError RCS_RECORDING_SOURCE_UNAVAILABLE with the time to wait while the source is left alone
   */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    const isTrial = this.openUntil > 0;
    if (isTrial && (this.now() < this.openUntil || this.isTrying)) throw this.away();
    this.isTrying = isTrial;
    try {
      const result = await attempt();
      this.answered();
      return result;
    } catch (error) {
      if (error instanceof RcsError && error.code === 'RCS_RECORDING_SOURCE_UNAVAILABLE') this.failed();
      // Overload is ours and says nothing of the source; any other error is about an answer.
      else if (!(error instanceof RcsError && error.code === 'RCS_OVERLOADED')) this.answered();
      throw error;
    } finally {
      if (isTrial) this.isTrying = false;
    }
  }

  /** Rests at once: the account is refused, and more attempts may have it locked. */
  open(): void {
    this.failures = failuresToOpen;
    this.openUntil = this.now() + restMs;
  }

  private answered(): void {
    this.failures = 0;
    this.openUntil = 0;
  }

  private failed(): void {
    this.failures++;
    if (this.failures >= failuresToOpen) this.openUntil = this.now() + restMs;
  }

  private away(): RcsError {
    const retryAfterMs = Math.max(1000, Math.ceil(this.openUntil - this.now()));
    return new RcsError('RCS_RECORDING_SOURCE_UNAVAILABLE', `${this.name} is left alone after failures`, {
      retryAfterMs,
    });
  }
}
