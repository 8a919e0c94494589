/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** Archives that are made into storages, and when one is made by itself. */
export const archiveJobSchema = `
  CREATE TABLE archive_job (
    id ${text} NOT NULL PRIMARY KEY,
    contact_center ${text} NOT NULL,
    created_at ${text} NOT NULL,
    state ${text} NOT NULL,
    scheduled_for ${text}, -- yyyy-MM-dd
    leaves_file integer NOT NULL, -- 1: a file may lie in the storage that is no part
    owner ${text} NOT NULL DEFAULT '',
    lease_until bigint NOT NULL DEFAULT 0, -- milliseconds since 1970-01-01T00:00:00Z
    document text NOT NULL
  );
  CREATE INDEX archive_job_by_contact_center ON archive_job (contact_center, created_at);
  CREATE INDEX archive_job_by_state ON archive_job (state, lease_until);
  -- No day has two.
  CREATE UNIQUE INDEX archive_job_by_day ON archive_job (contact_center, scheduled_for) WHERE scheduled_for IS NOT NULL;
  CREATE TABLE archive_part (
    job_id ${text} NOT NULL REFERENCES archive_job (id) ON DELETE CASCADE,
    number integer NOT NULL,
    document text NOT NULL,
    PRIMARY KEY (job_id, number)
  );
  CREATE TABLE archive_schedule (
    contact_center ${text} NOT NULL PRIMARY KEY,
    document text NOT NULL
  );
`;
