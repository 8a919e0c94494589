import { hash, timingSafeEqual } from 'node:crypto';
import type { Logger } from './logger.js';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevelName = (typeof logLevels)[number];
/** Those that a running process takes: none hides its warnings. */
export const changeableLogLevels = ['error', 'warn', 'info', 'debug', 'trace'] as const;

/** The level of a running process: that of the configuration, or another one for a while. */
export class LogLevel {
  private timer: NodeJS.Timeout | undefined;
  private until: Date | undefined;

  constructor(
    private readonly logger: Logger,
    private configured: LogLevelName,
    /** What must be shown to change it; nobody changes it where there is none. */
    private token?: string,
  ) {}

  /** Whether anybody can change it. */
  get changeable(): boolean {
    return this.token !== undefined;
  }

  /** Whether this is the token that allows a change. */
  admits(shown: string): boolean {
    if (this.token === undefined) return false;
    return timingSafeEqual(hash('sha256', shown, 'buffer'), hash('sha256', this.token, 'buffer'));
  }

  get state(): { readonly level: string; readonly configured: string; readonly until?: string } {
    const { configured, until } = this;
    return { level: this.logger.level, configured, ...(until === undefined ? {} : { until: until.toISOString() }) };
  }

  /** Another level until `seconds` are over; then that of the configuration again. */
  setFor(level: LogLevelName, seconds: number): void {
    this.change(level);
    this.until = new Date(Date.now() + seconds * 1000);
    this.timer = setTimeout(() => this.reset(), seconds * 1000);
    this.timer.unref();
  }

  /** That of the configuration. */
  reset(): void {
    this.change(this.configured);
  }

  /** The configuration was read again. What was set meanwhile stays, unless the configured level is another now. */
  configure(level: LogLevelName, token?: string): void {
    this.token = token;
    if (level === this.configured) return;
    this.configured = level;
    this.reset();
  }

  private change(level: LogLevelName): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.until = undefined;
    if (level === this.logger.level) return;
    const former = this.logger.level;
    // Said at a level that both let through.
    this.logger.level = 'info';
    this.logger.info({ level, former }, 'log level changed');
    this.logger.level = level;
  }
}
