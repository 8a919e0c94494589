/** What a clock is made of; tests bring their own. */
export interface TimeSources {
  /** Of the machine: can be set. Milliseconds since the epoch. */
  wall(): number;
  /** Only goes forward, and only while the process lives. Milliseconds. */
  monotonic(): number;
}

const machine: TimeSources = { wall: () => Date.now(), monotonic: () => performance.now() };

/**
 * The time by which keys become destroyable. Setting the clock of the machine must not shorten a delay, so a delay begins
 * at the latest time that can be argued for, and has passed at the earliest.
 */
export class VaultClock {
  private readonly startWall: number;
  private readonly startMonotonic: number;
  private latestSeen = 0;

  constructor(private readonly sources: TimeSources = machine) {
    this.startWall = sources.wall();
    this.startMonotonic = sources.monotonic();
  }

  /** For the beginning of a delay: a clock that was set back does not count. */
  latest(): Date {
    return new Date(Math.max(this.sources.wall(), this.sinceStart(), this.latestSeen));
  }

  /** For the end of a delay: a clock that was set forward since the start does not count. */
  earliest(): Date {
    return new Date(Math.min(this.sources.wall(), this.sinceStart()));
  }

  /** It was this late already: something that bears this time was written down before now. */
  saw(time: Date): void {
    if (Number.isFinite(time.getTime())) this.latestSeen = Math.max(this.latestSeen, time.getTime());
  }

  private sinceStart(): number {
    return this.startWall + this.sources.monotonic() - this.startMonotonic;
  }
}
