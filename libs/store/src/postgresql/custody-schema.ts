/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** What was last proved of each media file. */
export const custodySchema = `
  CREATE TABLE custody_proof (
    recording_id ${text} NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    media_id ${text} NOT NULL,
    contact_center ${text} NOT NULL,
    outcome ${text} NOT NULL,
    code ${text},
    certificate_alias ${text},
    proved_at bigint NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
    PRIMARY KEY (recording_id, media_id)
  );
  CREATE INDEX custody_proof_by_outcome ON custody_proof (contact_center, outcome, recording_id, media_id);
  CREATE INDEX custody_proof_by_time ON custody_proof (contact_center, proved_at);
  CREATE INDEX recording_by_contact_center ON recording (contact_center, id);
`;
