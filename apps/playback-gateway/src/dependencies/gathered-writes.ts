/** Things that nobody waits for, and that are written together with those that come shortly after them. */
export class GatheredWrites<Thing> {
  private waiting: Thing[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<unknown> = Promise.resolve();

  /**
   * @param gatheringMs how long one may wait for others, milliseconds.
   * @param write never rejects.
   */
  constructor(
    private readonly gatheringMs: number,
    private readonly write: (things: readonly Thing[]) => Promise<unknown>,
  ) {}

  /** How many wait. */
  get count(): number {
    return this.waiting.length;
  }

  add(thing: Thing): void {
    this.waiting.push(thing);
    this.timer ??= setTimeout(() => this.begin(), this.gatheringMs);
  }

  /** Writes what waits; resolves when nothing is being written any more. */
  async end(): Promise<void> {
    this.begin();
    await this.writing;
  }

  private begin(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const things = this.waiting;
    this.waiting = [];
    if (things.length > 0) this.writing = Promise.all([this.writing, this.write(things)]);
  }
}
