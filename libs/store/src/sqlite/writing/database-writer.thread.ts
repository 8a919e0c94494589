import { parentPort, workerData } from 'node:worker_threads';
import { collectAfterStart } from '#idle-memory';
import { documents } from '../../store.js';
import { DatabaseFileWatch, openConnection } from '../database-connection.js';
import { writesOf } from '../stored-thing.js';
import { auditUndoneBySqlite, auditWrites } from './audit-writes.js';
import type { DatabaseWriterMessage, DatabaseWriterThreadData } from './database-writer.js';
import { GroupCommit, type WritableDatabase } from './group-commit.js';

/*
 * A thread of its own waits for the disk, so that the event loop of the process never does. Nothing that it imports
 * imports a large library of this product: what those load would cost every thread again.
 */
function open(data: DatabaseWriterThreadData): WritableDatabase {
  const fileWatch = new DatabaseFileWatch(data.file);
  const database = openConnection(data.file, data);
  try {
    const { auditWriter } = data;
    const of = (handlers: unknown) => ({ database, fileWatch, handlers: handlers as WritableDatabase['handlers'] });
    return auditWriter === undefined
      ? of(writesOf(documents, database))
      : { ...of(auditWrites(database, auditWriter)), undoneBySqlite: auditUndoneBySqlite };
  } catch (error) {
    database.close();
    throw error;
  }
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

if (parentPort !== null) {
  serve(parentPort, workerData as DatabaseWriterThreadData);
  collectAfterStart();
}
