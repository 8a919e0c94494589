import { existsSync } from 'node:fs';

const setpriv = '/usr/bin/setpriv';
const prefix: readonly string[] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM'] : [];

/**
 * What to start so that the kernel ends it (SIGTERM) when this process dies without having been able to; the same
 * command where there is no `setpriv` (util-linux).
 */
export function endingWithUs(program: string, args: readonly string[]): [program: string, args: string[]] {
  const [first = program, ...rest] = [...prefix, program, ...args];
  return [first, rest];
}
