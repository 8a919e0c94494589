/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** How long recordings are kept. */
export const retentionSchema = `
  CREATE TABLE retention (
    contact_center ${text} PRIMARY KEY,
    rules text NOT NULL, -- JSON
    next_run bigint NOT NULL -- milliseconds since 1970-01-01T00:00:00Z
  );
`;
