/** How long a count of what needs a certificate may take, seconds. */
export const longestNeedCount = 600;

/** Notes a recording whose recipients change while somebody counts. */
const noting = (act: 'INSERT' | 'DELETE', row: 'new' | 'old'): string => `
  CREATE TRIGGER changed_need_noted_after_${act.toLowerCase()} AFTER ${act} ON media_recipient
  WHEN EXISTS (SELECT 1 FROM need_count WHERE contact_center = ${row}.contact_center)
  BEGIN
    INSERT INTO changed_need VALUES (${row}.contact_center, ${row}.recording_id) ON CONFLICT DO NOTHING;
  END;`;

/** What keeps the list of them. */
export const needCountTriggers = `
  ${noting('INSERT', 'new')}
  ${noting('DELETE', 'old')}

  CREATE TRIGGER need_count_expires AFTER INSERT ON changed_need
  BEGIN DELETE FROM need_count WHERE contact_center = new.contact_center AND expires < unixepoch(); END;
  CREATE TRIGGER need_count_ends AFTER DELETE ON need_count
  WHEN NOT EXISTS (SELECT 1 FROM need_count WHERE contact_center = old.contact_center)
  BEGIN DELETE FROM changed_need WHERE contact_center = old.contact_center; END;
`;

/**
 * What needs a certificate is counted outside of the transaction that removes it. Meanwhile triggers note whose recipients
 * change, whoever writes them, so that the transaction looks at those alone.
 */
export const needCountSchema = `
  -- Counts under way: as long as one is here, all that changes in its contact center is noted.
  CREATE TABLE need_count (
    id TEXT NOT NULL PRIMARY KEY,
    contact_center TEXT NOT NULL,
    expires INTEGER NOT NULL -- seconds since 1970-01-01T00:00:00Z; later it is of a process that ended
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX need_count_by_contact_center ON need_count (contact_center);

  -- Recordings whose recipients have changed since the first of these counts began.
  CREATE TABLE changed_need (
    contact_center TEXT NOT NULL,
    recording_id TEXT NOT NULL,
    PRIMARY KEY (contact_center, recording_id)
  ) STRICT, WITHOUT ROWID;
  ${needCountTriggers}
`;
