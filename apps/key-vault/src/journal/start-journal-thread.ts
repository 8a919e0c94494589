import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { JournalThreadData } from './journal.thread.js';

/** The thread's own file lies beside this one: compiled, or (in tests) as a source that it compiles while loading. */
export function startJournalThread(workerData: JournalThreadData): Worker {
  if (!__filename.endsWith('.ts')) return new Worker(join(__dirname, 'journal.thread.js'), { workerData });
  const loader = join(__dirname, '../../../../libs/store/src/testing/typescript-loader.cjs');
  return new Worker(join(__dirname, 'journal.thread.ts'), { workerData, execArgv: ['--require', loader] });
}
