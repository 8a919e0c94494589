import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { within } from './within.js';

/** Ends a process that runs, and waits until it has ended. @throws Error when it does not: it is killed then */
export async function endChild(
  name: string,
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
  patienceMs = 60_000,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = within(`the end of ${name}`, once(child, 'exit'), patienceMs);
  child.kill(signal);
  try {
    await exited;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
