import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DatabaseWriterThreadData } from './database-writer.thread.js';

/** The thread's own file lies beside this one: compiled, or (in tests) as a source that it compiles while loading. */
export function startWriterThread(workerData: DatabaseWriterThreadData): Worker {
  if (!__filename.endsWith('.ts')) return new Worker(join(__dirname, 'database-writer.thread.js'), { workerData });
  const loader = join(__dirname, '../../testing/typescript-loader.cjs');
  return new Worker(join(__dirname, 'database-writer.thread.ts'), { workerData, execArgv: ['--require', loader] });
}
