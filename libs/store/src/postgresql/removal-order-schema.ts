/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** Removals of recordings whose metadata lies in another database. */
export const removalOrderSchema = `
  CREATE TABLE removal_order (
    recording_id ${text} NOT NULL,
    act ${text} NOT NULL, -- '': an erasure that waits
    contact_center ${text} NOT NULL,
    kind text NOT NULL,
    "user" text NOT NULL,
    reason text NOT NULL,
    time text NOT NULL, -- ISO 8601
    next_attempt bigint NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
    PRIMARY KEY (recording_id, act)
  );
  CREATE INDEX removal_order_by_next_attempt ON removal_order (next_attempt);
`;
