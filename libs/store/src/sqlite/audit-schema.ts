import type { SchemaMigration } from './schema-migration.js';

/** What lies beside a record without one, two or all of the personal fields. */
const subsetsWithoutFields = [
  ['user'],
  ['address'],
  ['detail'],
  ['user', 'address'],
  ['user', 'detail'],
  ['address', 'detail'],
  ['user', 'address', 'detail'],
]
  .map(fields => fields.map(field => `'$.values.${field}', '$.salts.${field}'`).join(', '))
  .map(paths => `json_remove(OLD.personal, ${paths})`)
  .join(', ');

/** The INSERT trigger closes the way around the DELETE trigger that `INSERT OR REPLACE` would be. */
export const auditSchema: readonly SchemaMigration[] = [
  {
    version: 1,
    worksWithCodeOf: 1,
    sql: `
      CREATE TABLE audit_record (
        writer TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        time TEXT NOT NULL,
        user TEXT,
        recording TEXT,
        record TEXT NOT NULL, -- canonical JSON (RFC 8785), the text that was hashed
        hash TEXT NOT NULL,
        PRIMARY KEY (writer, sequence)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX audit_record_by_time ON audit_record (time);
      CREATE INDEX audit_record_by_user ON audit_record (user, time) WHERE user IS NOT NULL;
      CREATE INDEX audit_record_by_recording ON audit_record (recording, time) WHERE recording IS NOT NULL;

      CREATE TRIGGER audit_record_is_never_changed BEFORE UPDATE ON audit_record
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_record_is_never_deleted BEFORE DELETE ON audit_record
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_record_is_never_replaced BEFORE INSERT ON audit_record
      WHEN EXISTS (SELECT 1 FROM audit_record WHERE writer = NEW.writer AND sequence = NEW.sequence)
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    `,
  },
  {
    version: 2,
    worksWithCodeOf: 1,
    sql: `
      ALTER TABLE audit_record ADD COLUMN personal TEXT; -- JSON of the personal fields and their salts

      -- All checkpoints of this store are one chain, whichever process signs.
      CREATE TABLE audit_checkpoint (
        number INTEGER PRIMARY KEY,
        writer TEXT NOT NULL,
        digest TEXT NOT NULL,
        note TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER audit_checkpoint_is_never_changed BEFORE UPDATE ON audit_checkpoint
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_checkpoint_is_never_deleted BEFORE DELETE ON audit_checkpoint
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_checkpoint_is_never_replaced BEFORE INSERT ON audit_checkpoint
      WHEN EXISTS (SELECT 1 FROM audit_checkpoint WHERE number = NEW.number)
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

      -- Every 256th node of the tree over a chain, so that roots and proofs read little. Made from the records at any time.
      CREATE TABLE audit_tile (
        writer TEXT NOT NULL,
        level INTEGER NOT NULL, -- 1: a node above 256 records, 2: above 256 of those, ...
        position INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (writer, level, position)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    version: 3,
    worksWithCodeOf: 1, // until the first archive is sealed
    sql: `
      -- What lies in archives, each sealed by an operator.
      CREATE TABLE audit_archive (
        number INTEGER PRIMARY KEY,
        seal TEXT NOT NULL,
        chains TEXT NOT NULL -- JSON: how far all chains lie in archives
      ) STRICT;
      CREATE TRIGGER audit_archive_is_never_changed BEFORE UPDATE ON audit_archive
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_archive_is_never_deleted BEFORE DELETE ON audit_archive
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_archive_is_never_replaced BEFORE INSERT ON audit_archive
      WHEN EXISTS (SELECT 1 FROM audit_archive WHERE number = NEW.number)
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

      -- The same by writer, of the last archive.
      CREATE TABLE audit_archived_chain (
        writer TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        hash TEXT NOT NULL,
        subtrees TEXT NOT NULL -- JSON: nodes of the tree over them
      ) STRICT, WITHOUT ROWID;
      CREATE TRIGGER audit_archived_chain_only_grows BEFORE UPDATE ON audit_archived_chain
      WHEN NEW.writer <> OLD.writer OR NEW.size < OLD.size
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_archived_chain_is_never_deleted BEFORE DELETE ON audit_archived_chain
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

      DROP TRIGGER audit_record_is_never_deleted;
      CREATE TRIGGER audit_record_is_never_deleted BEFORE DELETE ON audit_record
      WHEN NOT EXISTS (
        SELECT 1 FROM audit_archived_chain AS archived
        WHERE archived.writer = OLD.writer AND OLD.sequence < archived.size
      )
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      -- A number that is archived is never given again.
      CREATE TRIGGER audit_record_is_never_written_again BEFORE INSERT ON audit_record
      WHEN EXISTS (
        SELECT 1 FROM audit_archived_chain AS archived
        WHERE archived.writer = NEW.writer AND NEW.sequence < archived.size
      )
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    `,
  },
  {
    version: 4,
    worksWithCodeOf: 3,
    sql: `
      -- Of which records values and salts of personal fields were destroyed.
      CREATE TABLE audit_erased (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        writer TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        hash TEXT NOT NULL,
        fields TEXT NOT NULL, -- names, separated by commas
        UNIQUE (writer, sequence, fields)
      ) STRICT;
      CREATE TRIGGER audit_erased_is_never_changed BEFORE UPDATE ON audit_erased
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_erased_is_never_deleted BEFORE DELETE ON audit_erased
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_erased_is_never_replaced BEFORE INSERT ON audit_erased
      WHEN EXISTS (SELECT 1 FROM audit_erased WHERE number = NEW.number)
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

      -- Whom the audit is to forget, and how far that is done; gone when it is.
      CREATE TABLE audit_erasure_order (
        contact_center TEXT NOT NULL,
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        writer TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        PRIMARY KEY (contact_center, kind, value)
      ) STRICT, WITHOUT ROWID;

      -- The one change that a record may have: whole personal fields are gone with their salts, and that is noted.
      DROP TRIGGER audit_record_is_never_changed;
      CREATE TRIGGER audit_record_is_never_changed BEFORE UPDATE ON audit_record
      WHEN NOT coalesce(
        NEW.writer = OLD.writer AND NEW.sequence = OLD.sequence AND NEW.time = OLD.time AND NEW.hash = OLD.hash
          AND NEW.recording IS OLD.recording AND NEW.record = OLD.record
          AND NEW.personal IN (${subsetsWithoutFields})
          AND NEW.user IS iif(json_type(NEW.personal, '$.values.user') IS NULL, NULL, OLD.user)
          AND EXISTS (SELECT 1 FROM audit_erased AS e WHERE e.writer = OLD.writer AND e.sequence = OLD.sequence),
        0)
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    `,
  },
];
