import { spawn } from 'node:child_process';

/** Runs a program in the foreground: signals reach it, its exit status becomes ours. */
export function runChild(program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'inherit', ...options });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // On a terminal the child gets the signal from the terminal as well; a second one does no harm.
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', error => {
    process.stderr.write(`${program}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}
