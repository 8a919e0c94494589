import type { SchemaMigration } from './schema-migration.js';

/** Whole values as JSON documents; beside them the columns they are searched by. */
export const documentSchema: readonly SchemaMigration[] = [
  {
    version: 1,
    worksWithCodeOf: 1,
    sql: `
      CREATE TABLE recording (
        id TEXT NOT NULL PRIMARY KEY,
        contact_center TEXT NOT NULL,
        region TEXT NOT NULL,
        start_time INTEGER, -- milliseconds since 1970-01-01T00:00:00Z
        caller_phone_number TEXT,
        dialed_phone_number TEXT,
        document TEXT NOT NULL
      ) STRICT;
      CREATE INDEX recording_by_start_time ON recording (contact_center, start_time);
      CREATE INDEX recording_by_caller ON recording (contact_center, caller_phone_number, start_time);
      CREATE INDEX recording_by_dialed ON recording (contact_center, dialed_phone_number, start_time);

      CREATE TABLE envelope_pin (
        recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
        media_id TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (recording_id, media_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE user_account (
        name TEXT NOT NULL PRIMARY KEY,
        contact_center TEXT,
        version INTEGER NOT NULL,
        document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE user_version_counter (last INTEGER NOT NULL) STRICT;
      INSERT INTO user_version_counter VALUES (0);

      CREATE TABLE contact_center (
        id TEXT NOT NULL PRIMARY KEY,
        document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
