/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** What recordings are found by; `searchable` is false for those of code that does not keep it. */
export const searchSchema = `
  CREATE TABLE recording_search (
    contact_center ${text} NOT NULL,
    start_time bigint NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
    recording_id ${text} NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    region ${text} NOT NULL,
    caller ${text} NOT NULL, -- letters and digits alone
    dialed ${text} NOT NULL,
    PRIMARY KEY (contact_center, start_time, recording_id)
  );
  CREATE INDEX recording_search_by_caller ON recording_search (contact_center, caller, start_time, recording_id);
  CREATE INDEX recording_search_by_dialed ON recording_search (contact_center, dialed, start_time, recording_id);
  CREATE INDEX recording_search_by_recording ON recording_search (recording_id);

  CREATE TABLE recording_owner (
    contact_center ${text} NOT NULL,
    owner ${text} NOT NULL, -- agent:NAME or partition:PATH
    start_time bigint NOT NULL,
    recording_id ${text} NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    PRIMARY KEY (contact_center, owner, start_time, recording_id)
  );
  CREATE INDEX recording_owner_by_recording ON recording_owner (recording_id);

  ALTER TABLE recording ADD COLUMN searchable boolean NOT NULL DEFAULT false;
  CREATE INDEX recording_not_searchable ON recording (contact_center) WHERE NOT searchable;
  DROP INDEX recording_by_start_time;
  DROP INDEX recording_by_caller;
  DROP INDEX recording_by_dialed;
`;
