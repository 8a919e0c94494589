import { parentPort, workerData } from 'node:worker_threads';
import { collectAfterStart } from '#start-garbage';
import { AppendedFile } from './appended-file.js';

/**
 * A thread of its own waits for the disk: neither the event loop nor the threads of the token do. It imports no large
 * library of this product: what those load would cost a thread again.
 */
export interface JournalThreadData {
  readonly path: string;
  readonly completeLength: number;
}

export interface JournalBatch {
  /** Whole lines. */
  readonly text: string;
  /** After them this file is full. */
  readonly rotation?: { readonly to: string; readonly remove: readonly string[] };
}

export type JournalThreadMessage = JournalBatch | 'close';

/** How long the file is now, or why nothing was written. */
export type JournalOutcome = { readonly length: number; readonly rotated: boolean } | { readonly failure: string };

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function serve(port: NonNullable<typeof parentPort>, { path, completeLength }: JournalThreadData): void {
  const file = AppendedFile.open(path, completeLength);
  const write = ({ text, rotation }: JournalBatch): JournalOutcome => {
    try {
      file.append(text);
    } catch (error) {
      return { failure: describe(error) };
    }
    return { rotated: rotation !== undefined && rotate(rotation), length: file.length };
  };
  const rotate = ({ to, remove }: NonNullable<JournalBatch['rotation']>): boolean => {
    try {
      file.rotate(to, remove);
      return true;
    } catch {
      // The chain goes on in the file that is there; it is tried again with the next lines.
      return false;
    }
  };
  port.on('message', (message: JournalThreadMessage) => {
    if (message !== 'close') {
      port.postMessage(write(message));
      return;
    }
    file.close();
    port.close();
  });
}

if (parentPort !== null) {
  serve(parentPort, workerData as JournalThreadData);
  collectAfterStart();
}
