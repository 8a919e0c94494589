import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The kernel ends the child when this process dies without having been able to. */
const endsWithUs = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM'] : [];

const bound = (program, args) => {
  const [first, ...rest] = [...endsWithUs, program, ...args];
  return [first, rest];
};

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs a program in the foreground: signals reach it, and we end as it ended. */
export function runChild(program, args, options = {}) {
  const child = spawn(...bound(program, args), { stdio: 'inherit', ...options });
  for (const signal of passedOn) {
    // On a terminal the child gets the signal from the terminal as well; a second one does no harm.
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', error => {
    process.stderr.write(`${program}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of passedOn) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

/**
 * Runs a program to its end beside others and resolves to its exit status; it does not outlive this process.
 * With a `silenceTimeoutMs`, what it writes to its piped standard error is passed on, and it ends when it has written
 * nothing for so long.
 */
export function runBeside(program, args, { silenceTimeoutMs, ...options }) {
  return new Promise(resolve => {
    const child = spawn(...bound(program, args), options);
    if (silenceTimeoutMs !== undefined) endWhenSilent(child, silenceTimeoutMs);
    child.on('error', () => resolve(1));
    child.on('exit', code => resolve(code ?? 1));
  });
}

function endWhenSilent(child, silenceTimeoutMs) {
  const timer = setTimeout(() => {
    process.stderr.write(`Ended after ${silenceTimeoutMs / 1000} s of silence: ${child.spawnargs.join(' ')}\n`);
    child.kill('SIGTERM');
  }, silenceTimeoutMs);
  child.stderr.on('data', chunk => {
    timer.refresh();
    process.stderr.write(chunk);
  });
  child.on('exit', () => clearTimeout(timer));
}

/** Starts a program that does not outlive this process. */
export function startBeside(program, args, options) {
  return spawn(...bound(program, args), options);
}

/** Runs a program to its end, as `spawnSync` does; it does not outlive this process. */
export function runToEnd(program, args, options) {
  return spawnSync(...bound(program, args), options);
}
