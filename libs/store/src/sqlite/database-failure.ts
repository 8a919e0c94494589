/** Result codes (sqlite.org/rescode.html) that blame the statement's own values; all others blame the database. */
const valueCodes = /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE)/;
const busyCodes = /^SQLITE_(BUSY|LOCKED)/;

interface SqliteFailure extends Error {
  readonly code: string;
}

/** By shape: the class of a native addon's errors is not the same object in every loader. */
function isSqliteFailure(error: unknown): error is SqliteFailure {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_');
}

/** True when the database as a whole cannot serve: full, locked, read-only, damaged, gone. */
export function isDatabaseFailure(error: unknown): boolean {
  return error instanceof DatabaseFileLost || (isSqliteFailure(error) && !valueCodes.test(error.code));
}

/** True when somebody else held the lock for too long; the connection itself is sound. */
export function isBusy(error: unknown): boolean {
  return isSqliteFailure(error) && busyCodes.test(error.code);
}

/** One line for the log. */
export function describeDatabaseFailure(error: unknown): string {
  if (isSqliteFailure(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** The file that is open is no longer the one at its path. */
export class DatabaseFileLost extends Error {
  override readonly name = 'DatabaseFileLost';
}
