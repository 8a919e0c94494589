/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** What people say of recordings: labels, and that they must not be deleted. */
export const annotationSchema = `
  CREATE TABLE label_definition (
    contact_center ${text} NOT NULL,
    name ${text} NOT NULL,
    display_name text NOT NULL,
    description text NOT NULL,
    PRIMARY KEY (contact_center, name)
  );
  -- The foreign key keeps a definition that recordings bear, whoever removes it at the same time.
  CREATE TABLE recording_label (
    recording_id ${text} NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    contact_center ${text} NOT NULL,
    name ${text} NOT NULL,
    "user" text NOT NULL,
    time text NOT NULL, -- ISO 8601
    PRIMARY KEY (recording_id, name),
    FOREIGN KEY (contact_center, name) REFERENCES label_definition (contact_center, name)
  );
  CREATE INDEX recording_label_by_name ON recording_label (contact_center, name);

  CREATE TABLE deletion_protection (
    recording_id ${text} PRIMARY KEY REFERENCES recording (id),
    "user" text NOT NULL,
    time text NOT NULL -- ISO 8601
  );
`;
