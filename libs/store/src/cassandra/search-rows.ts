import { indexedRecording } from '../recording-search/indexed-recording.js';
import type { Recording } from '../recordings/recording.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { types } from 'cassandra-driver';
import { bucketOf, keysOf } from './search-key.js';

/**
 * Puts a recording into the index, the same however often. The bucket is noted before there is anything in it, and once more
 * afterwards: a removal may have found it empty in between.
 */
export async function makeSearchable(database: CassandraDatabase, recording: Recording): Promise<void> {
  const indexed = indexedRecording(recording);
  const { contactCenter, id, region, startTime, caller, dialed } = indexed;
  const bucket = 'INSERT INTO recording_search_bucket (contact_center, key, bucket) VALUES (?, ?, ?)';
  const row = `INSERT INTO recording_search
               (contact_center, key, bucket, start_time, recording_id, region, caller, dialed)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
  const start = types.Long.fromNumber(startTime);
  await Promise.all(
    keysOf(indexed).map(async key => {
      const place = [contactCenter, key, bucketOf(key, startTime)] as const;
      await database.run(bucket, place);
      await database.run(row, [...place, start, id, region, caller, dialed]);
      await database.run(bucket, place);
    }),
  );
}
