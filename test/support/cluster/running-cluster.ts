import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { chmodSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
// By its file: the index loads the schema of the configuration, a quarter of a second in each file of tests.
import { endingWithUs } from '../../../libs/platform/src/lifecycle/ending-with-us.js';
import { endChild } from '../waiting/end-child.js';
import { addOperationsAccount, type OperationsAccount } from './operations-account.js';

/** The line that quickstart prints with --json, and an account that only tests have. */
export interface ReadyLine {
  readonly gateway: string;
  readonly caFile: string;
  readonly users: readonly ClusterUser[];
  /** The recorder. */
  readonly ops: { readonly name: string; readonly password: string };
  readonly operations: OperationsAccount;
  readonly contactCenter: string;
  readonly webdav: { readonly url: string; readonly user: string; readonly password: string; readonly folder?: string };
  readonly certificates: readonly { readonly alias: string; readonly file: string }[];
  readonly recordings: readonly { readonly id: string; readonly playPath: string }[];
  readonly management: { readonly gateway: string; readonly vault: string; readonly workers: readonly string[] };
  readonly dataDir: string;
  /** Configuration of `rcsctl` for this contact center, where it is not that of the data directory. */
  readonly commandLine?: string;
}

export interface ClusterUser {
  readonly name: string;
  /** Who of the demo it is, where the contact center has names of its own. */
  readonly person?: string;
  readonly password: string;
  readonly roles: readonly string[];
}

/** @throws Error when there is nobody of that name in the demo. */
export function personOf({ users }: ReadyLine, name: string): ClusterUser {
  const found = users.find(user => (user.person ?? user.name) === name);
  if (found === undefined) throw new Error(`the cluster has no ${name}`);
  return found;
}

export interface RunningCluster {
  readonly ready: ReadyLine;
  stop(): Promise<void>;
}

const startTimeoutMs = 120_000;
/** It ends its services one after the other, and they finish what they are asked for. */
const stopTimeoutMs = 180_000;

/**
 * Starts the cluster of the quickstart and waits until it plays.
 * @param within what the command is run by, which becomes the command
 */
export async function startCluster(
  repository: string,
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
  within: readonly string[] = [],
): Promise<RunningCluster> {
  letApacheThrough(dataDirectory);
  const rcsctl = join(repository, 'dist/apps/rcsctl/main.js');
  // The week of the demo would cost each file of tests some seconds.
  const options = ['--json', '--demo', 'two-recordings', '--data-dir', dataDirectory];
  const [program, ...args] = [...within, process.execPath, rcsctl, 'quickstart', ...options] as [string, ...string[]];
  const child = spawn(...endingWithUs(program, args), {
    cwd: repository,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = JSON.parse(await firstLine(child)) as ReadyLine;
  const stop = (): Promise<void> => endChild('the cluster', child, 'SIGTERM', stopTimeoutMs);
  try {
    const operations = await addOperationsAccount(ready.dataDir, environment);
    return { ready: { ...ready, operations }, stop };
  } catch (error) {
    // Whoever asked for it has nothing that they could stop.
    await stop();
    throw error;
  }
}

/** A temporary directory is its maker's alone; the account of Apache must pass through it, or files would lie elsewhere. */
function letApacheThrough(dataDirectory: string): void {
  const parent = dirname(dataDirectory);
  if ((statSync(parent).mode & 0o777) === 0o700) chmodSync(parent, 0o711);
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the cluster has no standard output');
  const lines = createInterface({ input: child.stdout });
  const timer = setTimeout(() => child.kill('SIGTERM'), startTimeoutMs);
  try {
    for await (const line of lines) return line;
    throw new Error('the cluster ended before it was ready');
  } finally {
    clearTimeout(timer);
  }
}
