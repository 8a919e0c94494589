/** Lines that say which step of a setup begins and how long it has taken so far; also without a terminal, for logs. */
export class SetupSteps {
  /** @param startedAt in milliseconds, as `now` counts. */
  constructor(
    private readonly startedAt: number,
    private readonly write: (line: string) => unknown,
    private readonly now: () => number = Date.now,
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
  const startedAt = Number.isFinite(handedOn) && handedOn > 0 ? handedOn : performance.timeOrigin;
  return new SetupSteps(startedAt, line => process.stderr.write(line));
}
