import type { types } from 'cassandra-driver';
import type { Recording } from '../recordings/recording.js';
import type { CassandraDatabase } from './cassandra-database.js';

/** So many reads of single recordings at a time. */
const readsAtOnce = 20;

/** A recording whose insertion came to its end. */
export async function completeRecording(database: CassandraDatabase, id: string): Promise<Recording | undefined> {
  // Cassandra has no empty keys.
  if (id === '') return undefined;
  return recordingIn(await database.first('SELECT document, complete FROM recording WHERE id = ?', [id]));
}

/** Those of the ids that there are, in the order of the ids. */
export async function completeRecordings(
  database: CassandraDatabase,
  ids: readonly string[],
): Promise<readonly Recording[]> {
  const found: Recording[] = [];
  for (let from = 0; from < ids.length; from += readsAtOnce) {
    const some = ids.slice(from, from + readsAtOnce);
    const recordings = await Promise.all(some.map(id => completeRecording(database, id)));
    found.push(...recordings.flatMap(recording => recording ?? []));
  }
  return found;
}

function recordingIn(row: types.Row | undefined): Recording | undefined {
  return row?.['complete'] === true ? (JSON.parse(row['document'] as string) as Recording) : undefined;
}
