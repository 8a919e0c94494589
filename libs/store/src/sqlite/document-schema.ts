import type { SchemaMigration } from './schema-migration.js';

/**
 * Whole values as JSON documents; beside them the columns they are searched by. These are the steps of before stored
 * things brought their own: never changed, and further ones stand with the thing whose tables they make.
 */
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
  {
    version: 2,
    worksWithCodeOf: 1,
    sql: `
      CREATE TABLE recording_certificate (
        contact_center TEXT NOT NULL,
        alias TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (contact_center, alias),
        UNIQUE (contact_center, fingerprint)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE certificate_assignment (
        contact_center TEXT NOT NULL,
        target TEXT NOT NULL, -- JSON [kind, name]
        document TEXT NOT NULL,
        PRIMARY KEY (contact_center, target)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE media_recipient (
        contact_center TEXT NOT NULL,
        recipient TEXT NOT NULL,
        recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
        media_id TEXT NOT NULL,
        PRIMARY KEY (contact_center, recipient, recording_id, media_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX media_recipient_by_recording ON media_recipient (recording_id, media_id);

      -- Recordings from before recipients were kept, and of code that does not keep them.
      CREATE TABLE unindexed_recording (
        id TEXT NOT NULL PRIMARY KEY REFERENCES recording (id) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;
      INSERT INTO unindexed_recording SELECT id FROM recording;
      CREATE TRIGGER recording_inserted AFTER INSERT ON recording
        BEGIN INSERT INTO unindexed_recording VALUES (new.id); END;

      CREATE TABLE rewrap_job (
        id TEXT NOT NULL PRIMARY KEY,
        contact_center TEXT NOT NULL,
        created_at TEXT NOT NULL,
        state TEXT NOT NULL,
        owner TEXT,
        lease_until INTEGER NOT NULL DEFAULT 0, -- milliseconds since 1970-01-01T00:00:00Z
        document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 3,
    worksWithCodeOf: 1,
    sql: `
      CREATE TABLE hawk_credential (
        id TEXT NOT NULL PRIMARY KEY,
        document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE hawk_invitation (
        token_hash TEXT NOT NULL PRIMARY KEY,
        expires_at TEXT NOT NULL,
        document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE local_key_pair (
        id TEXT NOT NULL PRIMARY KEY,
        date_created INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
        document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE local_key_request (
        sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        time INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
        document TEXT NOT NULL
      ) STRICT;
      CREATE INDEX local_key_request_by_time ON local_key_request (time);
    `,
  },
  {
    version: 4,
    worksWithCodeOf: 1,
    sql: `
      -- Media files of which something is missing: 'inspection' (whom it is for), then 'content-tree'.
      CREATE TABLE unindexed_media (
        recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
        media_id TEXT NOT NULL,
        contact_center TEXT NOT NULL,
        missing TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        next_attempt INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
        reason TEXT,
        PRIMARY KEY (recording_id, media_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX unindexed_media_by_next_attempt ON unindexed_media (missing, next_attempt);
      CREATE INDEX unindexed_media_by_contact_center ON unindexed_media (contact_center, missing, recording_id);
      INSERT INTO unindexed_media
        SELECT recording.id, json_extract(file.value, '$.mediaId'), recording.contact_center, 'inspection', 0, 0, NULL
        FROM recording, json_each(recording.document, '$.mediaFiles') AS file;
      CREATE TRIGGER media_unindexed AFTER INSERT ON recording
        BEGIN INSERT INTO unindexed_media
          SELECT new.id, json_extract(file.value, '$.mediaId'), new.contact_center, 'inspection', 0, 0, NULL
          FROM json_each(new.document, '$.mediaFiles') AS file;
        END;

      -- Every media file is in the table above now, which takes the place of this one.
      DROP TRIGGER recording_inserted;
      DELETE FROM unindexed_recording;

      CREATE TABLE media_file_count (
        contact_center TEXT NOT NULL PRIMARY KEY,
        media_files INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      INSERT INTO media_file_count
        SELECT contact_center, SUM(json_array_length(document, '$.mediaFiles')) FROM recording GROUP BY contact_center;
      CREATE TRIGGER media_counted AFTER INSERT ON recording
        BEGIN INSERT INTO media_file_count VALUES (new.contact_center, json_array_length(new.document, '$.mediaFiles'))
          ON CONFLICT DO UPDATE SET media_files = media_files + excluded.media_files;
        END;
      CREATE TRIGGER media_discounted AFTER DELETE ON recording
        BEGIN UPDATE media_file_count
          SET media_files = media_files - json_array_length(old.document, '$.mediaFiles')
          WHERE contact_center = old.contact_center;
        END;

      CREATE TABLE content_tree (
        recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
        media_id TEXT NOT NULL,
        leaves BLOB NOT NULL,
        PRIMARY KEY (recording_id, media_id)
      ) STRICT;

      -- Which contact center's recordings may name a location, by the SHA-256 of the location.
      CREATE TABLE location_claim (
        location BLOB NOT NULL PRIMARY KEY,
        contact_center TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE claimed_storages (
        storages TEXT NOT NULL PRIMARY KEY
      ) STRICT, WITHOUT ROWID;

      -- Who does something that one process does at a time.
      CREATE TABLE background_lease (
        name TEXT NOT NULL PRIMARY KEY,
        owner TEXT NOT NULL,
        lease_until INTEGER NOT NULL -- milliseconds since 1970-01-01T00:00:00Z
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // Code of before sees everything and writes things that belong to nobody: they are assigned at the next start.
    version: 5,
    worksWithCodeOf: 1,
    sql: `
      -- NULL: of before things belonged to contact centers, and not assigned yet.
      ALTER TABLE hawk_credential ADD COLUMN contact_center TEXT;
      ALTER TABLE hawk_invitation ADD COLUMN contact_center TEXT;
      ALTER TABLE local_key_pair ADD COLUMN contact_center TEXT;
      ALTER TABLE local_key_request ADD COLUMN contact_center TEXT;
      CREATE INDEX hawk_credential_by_contact_center ON hawk_credential (contact_center);
      CREATE INDEX local_key_pair_by_contact_center ON local_key_pair (contact_center);

      -- Several contact centers may use one id; the column id then holds that of the first alone.
      CREATE INDEX hawk_credential_by_own_id ON hawk_credential (json_extract(document, '$.id'));
      CREATE INDEX local_key_pair_by_own_id ON local_key_pair (json_extract(document, '$.id'));

      -- Counts the lines of each contact center, so that its log is cut by its own calls alone.
      ALTER TABLE local_key_request ADD COLUMN number INTEGER;
      UPDATE local_key_request SET number = sequence;
      CREATE INDEX local_key_request_by_owner ON local_key_request (contact_center, time);
      CREATE INDEX local_key_request_by_number ON local_key_request (contact_center, number);
    `,
  },
  {
    // Code of before sees the account alone that had a name first, as it lies under the plain name.
    version: 6,
    worksWithCodeOf: 1,
    sql: `
      -- Accounts of different systems may have one name; the column name is then that of the first alone.
      CREATE INDEX user_account_by_own_name ON user_account (json_extract(document, '$.name'));
    `,
  },
];
