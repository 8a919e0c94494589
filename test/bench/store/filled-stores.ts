import Database from 'better-sqlite3';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Recording } from '#store';
import { indexedRecording } from '../../../libs/store/src/recording-search/indexed-recording.js';
import { epochMilliseconds } from '../../../libs/store/src/recordings/stored-recording.js';
import { recordingWrites } from '../../../libs/store/src/sqlite/writing/recording-writes.js';
import { superuser } from '../../support/postgresql/postgresql-server.js';

/** Puts recordings into a store as insertions leave them, in one transaction. */
export type FillStore = (recordings: readonly Recording[]) => Promise<void>;

/** By the statements of the store's own writer. */
export function sqliteFilling(directory: string): { fill: FillStore; end: () => void } {
  const database = new Database(join(directory, 'store.sqlite'));
  database.pragma('busy_timeout = 10000');
  const { insertRecording } = recordingWrites(database);
  const insertAll = database.transaction((recordings: readonly Recording[]) => {
    for (const recording of recordings) insertRecording({ recording });
  });
  return {
    fill(recordings) {
      insertAll(recordings);
      return Promise.resolve();
    },
    end: () => database.close(),
  };
}

/** A statement for each table. */
export async function postgresqlFilling(port: number): Promise<{ fill: FillStore; end: () => Promise<void> }> {
  const client = new Client({ host: '127.0.0.1', port, database: 'rcs', ...superuser });
  await client.connect();
  return {
    async fill(recordings) {
      await client.query('BEGIN');
      for (const { text, values } of statementsFor(recordings)) await client.query(text, values);
      await client.query('COMMIT');
    },
    end: () => client.end(),
  };
}

function statementsFor(recordings: readonly Recording[]): { text: string; values: unknown[] }[] {
  const found = recordings.map(indexedRecording);
  const media = recordings.flatMap(({ id, mediaFiles }) => mediaFiles.map(({ mediaId }) => ({ id, mediaId })));
  const owned = found.flatMap(({ contactCenter, startTime, id, owners }) =>
    owners.map(owner => ({ contactCenter, owner, startTime, id })),
  );
  const [contactCenter] = recordings.map(one => one.contactCenter);
  return [
    {
      text: `INSERT INTO recording (id, contact_center, region, start_time, caller_phone_number, dialed_phone_number, document, searchable)
             SELECT *, true FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])`,
      values: [
        recordings.map(({ id }) => id),
        recordings.map(one => one.contactCenter),
        recordings.map(({ region }) => region),
        recordings.map(({ startTime }) => epochMilliseconds(startTime)),
        recordings.map(({ callerPhoneNumber = null }) => callerPhoneNumber),
        recordings.map(({ dialedPhoneNumber = null }) => dialedPhoneNumber),
        recordings.map(one => JSON.stringify(one)),
      ],
    },
    {
      text: `INSERT INTO unindexed_media (recording_id, media_id, contact_center, missing, attempts, next_attempt)
             SELECT *, $3, 'inspection', 0, 0 FROM unnest($1::text[], $2::text[])`,
      values: [media.map(({ id }) => id), media.map(({ mediaId }) => mediaId), contactCenter],
    },
    {
      text: `INSERT INTO media_file_count AS counted VALUES ($1, 0, $2)
             ON CONFLICT (contact_center, slot) DO UPDATE SET media_files = counted.media_files + excluded.media_files`,
      values: [contactCenter, media.length],
    },
    {
      text: `INSERT INTO recording_search (contact_center, start_time, recording_id, region, caller, dialed)
             SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])`,
      values: [
        found.map(one => one.contactCenter),
        found.map(({ startTime }) => startTime),
        found.map(({ id }) => id),
        found.map(({ region }) => region),
        found.map(({ caller }) => caller),
        found.map(({ dialed }) => dialed),
      ],
    },
    {
      text: `INSERT INTO recording_owner (contact_center, owner, start_time, recording_id)
             SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])`,
      values: [
        owned.map(one => one.contactCenter),
        owned.map(({ owner }) => owner),
        owned.map(({ startTime }) => startTime),
        owned.map(({ id }) => id),
      ],
    },
  ];
}
