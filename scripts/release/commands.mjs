import { runToEnd } from '../run-child.mjs';

/** Runs a program to its end; what it says goes to standard error. Returns its standard output. @throws Error when it fails. */
export function command(program, args, options = {}) {
  const stdio = ['ignore', 'pipe', 'inherit'];
  const { status, stdout, error } = runToEnd(program, args, {
    encoding: 'utf8',
    stdio,
    maxBuffer: 1 << 26,
    ...options,
  });
  if (error !== undefined)
    throw new Error(`${program}: ${error.code === 'ENOENT' ? 'is not installed' : error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.slice(0, 2).join(' ')} failed (exit status ${status})`);
  return stdout.trim();
}
