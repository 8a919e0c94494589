import { errorRegistry, type ErrorCode, type ErrorDefinition } from './error-registry.js';

export interface RcsErrorOptions {
  /** Added to the public answer: what was wrong and what to do. Never a path, host, key or stack. */
  readonly publicDetail?: string;
  /** Which of the cases of a code it is, for programs: public, stable, such as `PATH_EXPIRED`. */
  readonly reason?: string;
  /** For the log only. */
  readonly cause?: unknown;
  /** When a repetition makes sense, in milliseconds. */
  readonly retryAfterMs?: number;
}

/**
 * The one error type that crosses modules and wires. `message` is for the log; callers see the title of the code and
 * `publicDetail`. It becomes an HTTP or gRPC answer in one place each.
 */
export class RcsError extends Error {
  override readonly name = 'RcsError';
  readonly publicDetail: string | undefined;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message?: string,
    options: RcsErrorOptions = {},
  ) {
    super(message ?? options.publicDetail ?? errorRegistry[code].title, { cause: options.cause });
    this.publicDetail = options.publicDetail;
    this.reason = options.reason;
    this.retryAfterMs = options.retryAfterMs;
  }

  get definition(): ErrorDefinition {
    return errorRegistry[this.code];
  }
}

/** Anything thrown, as an RcsError: the time-out of a signal becomes RCS_TIMEOUT, unknown errors become RCS_INTERNAL and keep their cause for the log. */
export function toRcsError(error: unknown): RcsError {
  if (error instanceof RcsError) return error;
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new RcsError('RCS_TIMEOUT', error.message, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new RcsError('RCS_INTERNAL', message, { cause: error });
}

/** The chain of messages of an error and its causes, for a log line. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  while (current !== undefined && current !== null && parts.length < 8) {
    const text = current instanceof RcsError ? `${current.code}: ${current.message}` : describeOne(current);
    const added = addition(parts.at(-1), current, text);
    if (added !== undefined) parts.push(added);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(' <- ');
}

/** What a cause says that was not said yet: wrappers quote its message, and leave out its code. */
function addition(before: string | undefined, cause: unknown, text: string): string | undefined {
  if (before === text) return undefined;
  if (before === undefined || !(cause instanceof Error) || cause.message === '' || !before.endsWith(cause.message)) {
    return text;
  }
  const code: unknown = (cause as { code?: unknown }).code;
  return typeof code === 'string' && !before.includes(code) ? code : undefined;
}

function describeOne(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && !error.message.includes(code) ? `${code}: ${error.message}` : error.message;
}
