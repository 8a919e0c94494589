/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** Wave forms of media files. */
export const peaksSchema = `
  CREATE TABLE media_peaks (
    recording_id ${text} NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    media_id ${text} NOT NULL,
    peaks bytea NOT NULL,
    PRIMARY KEY (recording_id, media_id)
  );
`;
