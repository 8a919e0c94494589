import type { DatabaseHost } from './postgresql-options.js';

/** What PostgreSQL or the way to it says (SQLSTATE, appendix A of its manual; or a code of Node). */
interface CodedError extends Error {
  readonly code?: string;
}

/** Classes that blame the statement's own values: data exceptions and violated constraints. */
const valueClasses = /^2[23]/;
/** Two transactions stood in each other's way; once more, and they do not. */
const conflicts = new Set(['40001', '40P01', '55P03']);
/** The server ends, begins, is full, or is no longer the one that may be written. */
const passing = /^(08|57P0|53300$|25006$)/;
const ofTheWay = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND)/;
/** `pg` has no codes for these. */
const lostConnection =
  /connection (terminated|ended|error)|timeout exceeded|timeout expired|query read timeout|read-only/i;

const codeOf = (error: unknown): string => (error as CodedError | null | undefined)?.code ?? '';

/** A server that answers and may not be written: a standby. */
export class ReadOnlyServer extends Error {
  override readonly name = 'ReadOnlyServer';
}

/** What was wrong with one of the hosts. */
export class HostProblem extends Error {
  override readonly name = 'HostProblem';
  readonly code: string;

  constructor(host: DatabaseHost, problem: unknown) {
    super(`${host.host}:${host.port}: ${describeDatabaseProblem(problem)}`, { cause: problem });
    this.code = codeOf(problem);
  }
}

/** The database took the statement and refuses its values: that is a fault of ours. */
export const isValueProblem = (error: unknown): boolean =>
  /^\w{5}$/.test(codeOf(error)) && valueClasses.test(codeOf(error));

/** No partition takes the row: of violated checks, the one that no constraint stands behind. */
export function isMissingPartition(error: unknown): boolean {
  const { cause } = error as { readonly cause?: unknown };
  const { code, constraint } = (cause ?? error) as { readonly code?: string; readonly constraint?: string };
  return code === '23514' && constraint === undefined;
}

export const isConflict = (error: unknown): boolean => conflicts.has(codeOf(error));

/** Nothing more comes over this connection; another one, perhaps to another server, may serve. */
export function isConnectionProblem(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.some(isConnectionProblem)) return true;
  const code = codeOf(error);
  if (passing.test(code) || ofTheWay.test(code)) return true;
  if (error instanceof HostProblem) return isConnectionProblem(error.cause);
  return error instanceof ReadOnlyServer || (error instanceof Error && lostConnection.test(error.message));
}

/** One line for the log. */
export function describeDatabaseProblem(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describeDatabaseProblem).join('; ');
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return code === '' || message.includes(code) ? message : `${code}: ${message}`;
}

/** Somebody else was quicker: the transaction begins anew. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
  readonly code = '40001';
}
