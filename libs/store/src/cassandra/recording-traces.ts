import { types } from 'cassandra-driver';
import { indexedRecording } from '../recording-search/indexed-recording.js';
import { locationDigest } from '../removal/location-digest.js';
import type { ClaimedLocation } from '../recordings/recording-store.js';
import type { Recording } from '../recordings/recording.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { bucketOf, keysOf } from './search-key.js';

/** Removes what is known of a media file beside the row of its recording: pin, content tree, and that it names its place. */
export async function removeMediaTraces(
  database: CassandraDatabase,
  recordingId: string,
  mediaId: string,
  places: readonly ClaimedLocation[],
): Promise<void> {
  // As pins are written: clocks decide nothing.
  await database.runIf('DELETE FROM envelope_pin WHERE recording_id = ? AND media_id = ? IF EXISTS', [
    recordingId,
    mediaId,
  ]);
  await database.run('DELETE FROM content_tree WHERE recording_id = ? AND media_id = ?', [recordingId, mediaId]);
  const place = places.find(one => one.mediaId === mediaId);
  if (place === undefined) return;
  const text = 'DELETE FROM media_location WHERE location = ? AND recording_id = ? AND media_id = ?';
  await database.run(text, [locationDigest(place.location), recordingId, mediaId]);
}

/**
 * Takes a recording out of the index, and notes of buckets in which nothing is left: they have numbers and names. Whoever
 * inserts notes the bucket after the row once more, and here it is looked for rows once more after the note has gone, so that
 * no row stays behind without a note.
 */
export async function removeFromSearch(database: CassandraDatabase, recording: Recording): Promise<void> {
  const indexed = indexedRecording(recording);
  const { contactCenter, id, startTime } = indexed;
  const row = `DELETE FROM recording_search
               WHERE contact_center = ? AND key = ? AND bucket = ? AND start_time = ? AND recording_id = ?`;
  const start = types.Long.fromNumber(startTime);
  await Promise.all(
    keysOf(indexed).map(async key => {
      const place = [contactCenter, key, bucketOf(key, startTime)] as const;
      await database.run(row, [...place, start, id]);
      await forgetEmptyBucket(database, place);
    }),
  );
}

async function forgetEmptyBucket(
  database: CassandraDatabase,
  place: readonly [contactCenter: string, key: string, bucket: number],
): Promise<void> {
  const first = 'SELECT recording_id FROM recording_search WHERE contact_center = ? AND key = ? AND bucket = ? LIMIT 1';
  const isEmpty = async (): Promise<boolean> => (await database.first(first, place)) === undefined;
  if (await isEmpty()) {
    const text = 'DELETE FROM recording_search_bucket WHERE contact_center = ? AND key = ? AND bucket = ?';
    await database.run(text, place);
    if (await isEmpty()) return;
  }
  await database.run('INSERT INTO recording_search_bucket (contact_center, key, bucket) VALUES (?, ?, ?)', place);
}
