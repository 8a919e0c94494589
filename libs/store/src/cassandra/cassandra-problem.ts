import { errors, types } from 'cassandra-driver';

/** The nodes cannot serve it now: another try may do. Whether what was asked for happened is not known. */
function isPassingCode(code: number): boolean {
  const { responseErrorCodes: codes } = types;
  const passing: readonly number[] = [
    codes.serverError,
    codes.unavailableException,
    codes.overloaded,
    codes.isBootstrapping,
    codes.truncateError,
    codes.writeTimeout,
    codes.readTimeout,
    codes.readFailure,
    codes.writeFailure,
    // Two lightweight transactions met, and the outcome of this one is not known (Cassandra 4).
    0x1700,
  ];
  return passing.includes(code);
}

/** Whether nodes are away, busy or too slow, rather than asked for something wrong. */
export function isPassing(error: unknown): boolean {
  if (error instanceof errors.NoHostAvailableError) return !innerErrors(error).some(isAuthentication);
  if (error instanceof errors.ResponseError) return isPassingCode(error.code);
  if (error instanceof errors.OperationTimedOutError || error instanceof errors.BusyConnectionError) return true;
  // A node that went away in the middle of a request: the driver marks it so, without a class of its own.
  return (error as { readonly isSocketError?: unknown }).isSocketError === true;
}

const isAuthentication = (error: unknown): boolean => error instanceof errors.AuthenticationError;

/** What each node said. */
export function innerErrors(error: errors.NoHostAvailableError): readonly unknown[] {
  return Object.values((error.innerErrors ?? {}) as Readonly<Record<string, unknown>>);
}

/** For the log: what the driver says, and what each node said. */
export function describeCassandraProblem(error: unknown): string {
  if (error instanceof errors.NoHostAvailableError) {
    const said = Object.entries((error.innerErrors ?? {}) as Readonly<Record<string, unknown>>);
    if (said.length === 0) return 'no node is there';
    return said.map(([node, inner]) => `${node}: ${messageOf(inner)}`).join('; ');
  }
  return messageOf(error);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
