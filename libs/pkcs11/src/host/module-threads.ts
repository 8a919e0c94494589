import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { promisify } from 'node:util';
import { threadNiceness } from '../module/thread-niceness.js';

const ownTasks = '/proc/self/task';

/**
 * Starts the threads of libuv, where calls of the module run, and lets them give way to the event loops. A module that
 * computes on this machine would else keep them from the processors until there is nothing left to compute. Has to come
 * before anything else that uses these threads; where the system does not allow it they stay as they are.
 */
export async function startModuleThreads(): Promise<void> {
  const others = listTasks();
  await promisify(randomBytes)(1);
  const started = listTasks().filter(task => !others.includes(task));
  try {
    // On Linux this is about one thread (setpriority(2)).
    const priority = Math.min(constants.priority.PRIORITY_LOW, getPriority() + threadNiceness);
    for (const task of started) setPriority(task, priority);
  } catch {
    // Slower under full load, nothing else.
  }
}

/** The threads of this process; none where the system does not tell. */
function listTasks(): number[] {
  try {
    return readdirSync(ownTasks).map(Number);
  } catch {
    return [];
  }
}
