/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** Metadata of recordings that interaction receivers are to get. */
export const handOverSchema = `
  CREATE TABLE hand_over (
    recording_id ${text} NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    receiver ${text} NOT NULL,
    contact_center ${text} NOT NULL,
    state text NOT NULL, -- waiting, given-up
    attempts integer NOT NULL,
    next_attempt bigint NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
    reason text,
    PRIMARY KEY (recording_id, receiver)
  );
  CREATE INDEX hand_over_by_next_attempt ON hand_over (receiver, state, next_attempt);
`;
