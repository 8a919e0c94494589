import { parentPort, workerData } from 'node:worker_threads';
import { DatabaseFileWatch, openConnection } from '../database-connection.js';
import { assignmentWrites } from './assignment-writes.js';
import { auditWrites } from './audit-writes.js';
import { certificateWrites } from './certificate-writes.js';
import { contactCenterWrites } from './contact-center-writes.js';
import { GroupCommit, type WritableDatabase } from './group-commit.js';
import { localKeyManagerWrites } from './local-key-manager-writes.js';
import { mediaIndexWrites } from './media-index-writes.js';
import { recordingWrites } from './recording-writes.js';
import { rewrapWrites } from './rewrap-writes.js';
import { userWrites } from './user-writes.js';
import type { DocumentWrites, WriteHandlers, WriteRequest } from './write-operation.js';

/**
 * A thread of its own waits for the disk, so that the event loop of the process never does. It imports no other library
 * of this product: what those load would cost every thread again.
 */
export interface DatabaseWriterThreadData {
  readonly file: string;
  readonly busyTimeoutMs: number;
  /** Absent in the thread that writes documents. */
  readonly auditWriter?: string;
}

export type DatabaseWriterMessage = { readonly requests: readonly WriteRequest[] } | 'close';

function open(data: DatabaseWriterThreadData): WritableDatabase {
  const fileWatch = new DatabaseFileWatch(data.file);
  const database = openConnection(data.file, data);
  try {
    const { auditWriter } = data;
    const handlers = auditWriter === undefined ? documentWrites(database) : auditWrites(database, auditWriter);
    return { database, fileWatch, handlers: handlers as WritableDatabase['handlers'] };
  } catch (error) {
    database.close();
    throw error;
  }
}

function documentWrites(database: WritableDatabase['database']): WriteHandlers<DocumentWrites> {
  return {
    ...recordingWrites(database),
    ...userWrites(database),
    ...contactCenterWrites(database),
    ...certificateWrites(database),
    ...assignmentWrites(database),
    ...rewrapWrites(database),
    ...mediaIndexWrites(database),
    ...localKeyManagerWrites(database),
    probe: () => null,
  };
}

function serve(port: NonNullable<typeof parentPort>, data: DatabaseWriterThreadData): void {
  const groupCommit = new GroupCommit(() => open(data));
  port.on('message', (message: DatabaseWriterMessage) => {
    if (message === 'close') {
      groupCommit.close();
      port.close();
      return;
    }
    port.postMessage(groupCommit.commit(message.requests));
  });
}

if (parentPort !== null) serve(parentPort, workerData as DatabaseWriterThreadData);
