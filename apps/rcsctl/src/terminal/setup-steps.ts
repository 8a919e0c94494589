/** Lines that say which step of a setup begins and how long it has taken so far; also without a terminal, for logs. */
export class SetupSteps {
  /**
   * @param startedAt in milliseconds, as `now` counts.
   * @param now a monotonic clock: the time of day may be set while a setup runs.
   */
  constructor(
    private readonly startedAt: number,
    private readonly write: (line: string) => unknown,
    private readonly now: () => number = () => performance.now(),
  ) {}

  begin(step: string): void {
    const seconds = ((this.now() - this.startedAt) / 1000).toFixed(1);
    this.write(`[${seconds.padStart(6)} s] ${step}\n`);
  }
}

/** The steps on standard error, counted from the start of the script that prepared the machine, else of this process. */
export function stepsOfThisProcess(): SetupSteps {
  // eslint-disable-next-line no-restricted-properties -- handed on by scripts/quickstart.mjs; no option of a service
  const handedOn = Number(process.env.RCSCTL_STARTED_AT);
  return new SetupSteps(-millisecondsBefore(performance.timeOrigin, handedOn), line => process.stderr.write(line));
}

/** How long before this process (both in milliseconds since 1970) the script began; 0 where none did. */
export function millisecondsBefore(startOfProcess: number, startOfScript: number): number {
  return startOfScript > 0 ? Math.max(0, startOfProcess - startOfScript) : 0;
}
