/** The part of a terminal that a bar needs. */
export interface BarTerminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const redrawMs = 100;
const barWidth = 24;
const clearLine = '\r\u001b[K';

export interface BarOptions {
  readonly terminal?: BarTerminal;
  readonly now?: () => number;
  /** How amounts are written; bytes unless told. */
  readonly format?: (amount: number) => string;
}

/** One line on a terminal that shows how far a long work is; silent where nobody watches. */
export class ProgressBar {
  private readonly terminal: BarTerminal;
  private readonly now: () => number;
  private readonly format: (amount: number) => string;
  private readonly started: number;
  private done = 0;
  private drawnAt = -Infinity;

  /** @param total of the whole work, in bytes unless `format` says otherwise; undefined where nobody knows it ahead. */
  constructor(
    private readonly what: string,
    private readonly total: number | undefined,
    { terminal = process.stderr, now = () => performance.now(), format = formatBytes }: BarOptions = {},
  ) {
    this.terminal = terminal;
    this.now = now;
    this.format = format;
    this.started = now();
  }

  /** So much more is done. */
  advance(amount: number): void {
    this.done = Math.min(this.total ?? Infinity, this.done + amount);
    if (this.terminal.isTTY !== true || this.now() - this.drawnAt < redrawMs) return;
    this.drawnAt = this.now();
    this.terminal.write(clearLine + this.line().slice(0, this.columns - 1));
  }

  /** Takes the line away. */
  end(): void {
    if (this.terminal.isTTY === true && this.drawnAt > -Infinity) this.terminal.write(clearLine);
  }

  /** A terminal that does not know its width says 0. */
  private get columns(): number {
    const { columns = 0 } = this.terminal;
    return columns > 0 ? columns : 80;
  }

  private line(): string {
    const seconds = (this.now() - this.started) / 1000;
    const rate = seconds > 0 ? this.done / seconds : 0;
    if (this.total === undefined) return `${this.what} ${this.format(this.done)}  ${this.format(rate)}/s`;
    const share = this.total === 0 ? 1 : this.done / this.total;
    const filled = Math.round(share * barWidth);
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}]`;
    const left = rate > 0 ? `  ${Math.ceil((this.total - this.done) / rate)} s left` : '';
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    const amounts = `${this.format(this.done)} of ${this.format(this.total)}`;
    return `${this.what} ${bar} ${percent}  ${amounts}  ${this.format(rate)}/s${left}`;
  }
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.5 GB`: three digits are enough for people. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}
