/** A recording with more recipients is in a list of its own: its recipients are read from its rows. */
const mostInSet = 8;

/** No other media file of its recording has the recipient of a row. */
const isOnly = (row: 'new' | 'old'): string =>
  `NOT EXISTS (SELECT 1 FROM media_recipient WHERE contact_center = ${row}.contact_center AND recipient = ${row}.recipient
     AND recording_id = ${row}.recording_id AND media_id <> ${row}.media_id)`;

/** What a recipient changes that a recording has from now on (`new`), or no more (`old`). */
function triggersOf(row: 'new' | 'old'): string {
  const [act, sign] = row === 'new' ? (['insert', 1] as const) : (['delete', -1] as const);
  const others = `SELECT DISTINCT recipient FROM media_recipient
        WHERE recording_id = ${row}.recording_id AND recipient <> ${row}.recipient LIMIT ${mostInSet + 1}`;
  const all =
    row === 'new'
      ? `SELECT DISTINCT recipient FROM media_recipient WHERE recording_id = new.recording_id LIMIT ${mostInSet + 1}`
      : `SELECT * FROM (${others}) UNION ALL SELECT old.recipient`;
  const crossed = `(SELECT COUNT(*) FROM (${others})) = ${mostInSet}`;
  const count = (recipients: string, number: number): string =>
    `INSERT INTO recipient_set_count
        SELECT ${row}.contact_center, json_group_array(recipient ORDER BY recipient), ${number}
        FROM (${recipients}) HAVING COUNT(*) BETWEEN 2 AND ${mostInSet}
        ON CONFLICT DO UPDATE SET recordings = recordings + excluded.recordings;`;
  return `
    CREATE TRIGGER recipient_counted_after_${act} AFTER ${act} ON media_recipient WHEN ${isOnly(row)}
    BEGIN
      INSERT INTO recipient_count VALUES (${row}.contact_center, ${row}.recipient, ${sign})
        ON CONFLICT DO UPDATE SET recordings = recordings + excluded.recordings;
    END;
    CREATE TRIGGER recipient_set_counted_after_${act} AFTER ${act} ON media_recipient
    WHEN EXISTS (SELECT 1 FROM media_recipient WHERE recording_id = ${row}.recording_id AND recipient <> ${row}.recipient)
      AND ${isOnly(row)}
    BEGIN
      ${count(all, sign)}
    END;
    CREATE TRIGGER recipient_set_discounted_after_${act} AFTER ${act} ON media_recipient
    WHEN EXISTS (SELECT DISTINCT recipient FROM media_recipient
        WHERE recording_id = ${row}.recording_id AND recipient <> ${row}.recipient LIMIT 1 OFFSET 1)
      AND ${isOnly(row)}
    BEGIN
      ${count(others, -sign)}
      ${
        row === 'new'
          ? `INSERT INTO many_recipients SELECT new.contact_center, new.recording_id WHERE ${crossed};`
          : `DELETE FROM many_recipients
        WHERE contact_center = old.contact_center AND recording_id = old.recording_id AND ${crossed};`
      }
    END;`;
}

/** Counts the rows that are there, into empty tables. */
export const fillRecipientCounts = `
  INSERT INTO recipient_count
    SELECT contact_center, recipient, COUNT(DISTINCT recording_id) FROM media_recipient GROUP BY contact_center, recipient;
  INSERT INTO recipient_set_count
    SELECT contact_center, recipients, COUNT(*) FROM (
      SELECT contact_center, json_group_array(DISTINCT recipient ORDER BY recipient) AS recipients FROM media_recipient
      GROUP BY recording_id, contact_center HAVING COUNT(DISTINCT recipient) BETWEEN 2 AND ${mostInSet})
    GROUP BY contact_center, recipients;
  INSERT INTO many_recipients
    SELECT contact_center, recording_id FROM media_recipient
    GROUP BY recording_id, contact_center HAVING COUNT(DISTINCT recipient) > ${mostInSet};
`;

/** What keeps them. */
export const recipientCountTriggers = `
  CREATE TRIGGER recipient_count_is_empty AFTER UPDATE ON recipient_count WHEN new.recordings = 0
  BEGIN DELETE FROM recipient_count WHERE contact_center = new.contact_center AND recipient = new.recipient; END;
  CREATE TRIGGER recipient_set_count_is_empty AFTER UPDATE ON recipient_set_count WHEN new.recordings = 0
  BEGIN DELETE FROM recipient_set_count WHERE contact_center = new.contact_center AND recipients = new.recipients; END;
  ${triggersOf('new')}
  ${triggersOf('old')}
`;

/**
 * How many recordings have which recipients, so that nobody counts their rows. Triggers keep it in the transaction of the
 * rows, whoever writes them.
 */
export const recipientCountSchema = `
  -- In how many recordings a recipient is.
  CREATE TABLE recipient_count (
    contact_center TEXT NOT NULL,
    recipient TEXT NOT NULL,
    recordings INTEGER NOT NULL,
    PRIMARY KEY (contact_center, recipient)
  ) STRICT, WITHOUT ROWID;

  -- How many recordings have these recipients and no others, of those with 2 to ${mostInSet}.
  CREATE TABLE recipient_set_count (
    contact_center TEXT NOT NULL,
    recipients TEXT NOT NULL, -- JSON, in the order of their bytes
    recordings INTEGER NOT NULL,
    PRIMARY KEY (contact_center, recipients)
  ) STRICT, WITHOUT ROWID;

  -- Recordings with more.
  CREATE TABLE many_recipients (
    contact_center TEXT NOT NULL,
    recording_id TEXT NOT NULL,
    PRIMARY KEY (contact_center, recording_id)
  ) STRICT, WITHOUT ROWID;
  ${fillRecipientCounts}
  ${recipientCountTriggers}
`;
