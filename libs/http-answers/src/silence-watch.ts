/** Whoever waits for a connection, and knows how long it may. */
export interface Waiting {
  /** @param now as `performance.now()` says it */
  look(now: number): void;
}

const lookMs = 250;

/** One timer for everything that may be silent for too long: one for each body would be set anew with each of its pieces. */
export class SilenceWatch {
  private readonly waiting = new Set<Waiting>();
  private timer: NodeJS.Timeout | undefined;

  add(one: Waiting): void {
    this.waiting.add(one);
    this.timer ??= setInterval(() => this.look(), lookMs).unref();
  }

  delete(one: Waiting): void {
    this.waiting.delete(one);
    if (this.waiting.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    const now = performance.now();
    for (const one of [...this.waiting]) one.look(now);
  }
}
