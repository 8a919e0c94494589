import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { promisify } from 'node:util';
import { describeError, type Logger } from '#platform';

const ownTasks = '/proc/self/task';
/** What is added to the nice value: the event loop goes first, yet they keep half of its share on a host that is full. */
const niceness = 3;

/**
 * Starts the threads of libuv, where calls of tokens run, and lets them give way to the event loop. A token that computes
 * in this process would else keep the loop from the processors until there is nothing left to compute. Has to come before
 * anything else that uses these threads.
 */
export async function startTokenThreads(count: number, logger: Logger): Promise<void> {
  // Read by libuv when the first call is handed to a thread, which starts all of them.
  // eslint-disable-next-line no-restricted-properties -- written, not read
  process.env.UV_THREADPOOL_SIZE ??= String(count);
  const others = listTasks();
  await promisify(randomBytes)(1);
  const started = listTasks().filter(task => !others.includes(task));
  try {
    // On Linux this is about one thread (setpriority(2)).
    const priority = Math.min(constants.priority.PRIORITY_LOW, getPriority() + niceness);
    for (const task of started) setPriority(task, priority);
  } catch (error) {
    logger.warn({ error: describeError(error) }, 'the threads of the token keep the priority of the event loop');
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
