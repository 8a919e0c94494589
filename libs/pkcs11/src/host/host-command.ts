import { existsSync } from 'node:fs';
import { join } from 'node:path';

const setpriv = '/usr/bin/setpriv';
/** The kernel ends the host when this process dies, even while a call of the module stands. */
const endingWithUs: readonly string[] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL'] : [];
/** No picture of the memory, in which PIN and session keys are, is ever written to a disk. */
const withoutCoreDumps = ['/bin/sh', '-c', 'ulimit -c 0; exec "$@"', 'token-host'];
/** The host keeps little; what it keeps grows with the objects of the token. With 0, V8 would have a thread for each processor. */
const smallHeap = ['--max-old-space-size=256', '--max-semi-space-size=2', '--v8-pool-size=1'];

/** How a host is started: its program lies beside this file's library, or (in tests) is compiled while it is loaded. */
export function hostCommand(): readonly [program: string, ...args: string[]] {
  const [shell = '', ...rest] = [...withoutCoreDumps, ...endingWithUs, process.execPath, ...smallHeap, ...program()];
  return [shell, ...rest];
}

function program(): readonly string[] {
  if (!__filename.endsWith('.ts')) return [join(__dirname, '../../token-host.js')];
  const loader = join(__dirname, '../../../store/src/testing/typescript-loader.cjs');
  return ['--require', loader, join(__dirname, 'token-host.main.ts')];
}

/** Secrets of this product, and what would change the host's Node or make it speak to our service manager. */
const kept = /^(?!RCS_|NODE_|npm_|CREDENTIALS_DIRECTORY$|NOTIFY_SOCKET$|LISTEN_|WATCHDOG_|UV_)/;

/** The environment of a host: modules are told by it where their own configuration is, under names of their vendors. */
export function hostEnvironment(ours: NodeJS.ProcessEnv, threads: number): NodeJS.ProcessEnv {
  const theirs = Object.entries(ours).filter(([name]) => kept.test(name));
  return { ...Object.fromEntries(theirs), UV_THREADPOOL_SIZE: String(threads) };
}
