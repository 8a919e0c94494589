/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** Of a set: what an index can hold is shorter than the names of eight recipients may be. */
const digestOf = (recipients: string): string => `sha256(convert_to(array_to_json(${recipients})::text, 'UTF8'))`;

/**
 * Counts what a statement has changed.
 * @param names contact_center, recording_id, recipient, and whether the recording had it before (had), has it now (has)
 * @param many writes the list of recordings with more than 8
 */
const counting = (names: string, many: string): string => `
    WITH name AS (${names}),
    changed AS (
      SELECT contact_center, recording_id, array_agg(recipient ORDER BY recipient) FILTER (WHERE had) AS before,
        array_agg(recipient ORDER BY recipient) FILTER (WHERE has) AS after
      FROM name GROUP BY contact_center, recording_id HAVING bool_or(had <> has)),
    counted AS (
      INSERT INTO recipient_count AS present
        SELECT contact_center, recipient, rcs_count_slot(contact_center || ' ' || recipient), SUM(CASE WHEN has THEN 1 ELSE -1 END)
        FROM name WHERE had <> has GROUP BY contact_center, recipient ORDER BY contact_center, recipient
      ON CONFLICT (contact_center, recipient, slot) DO UPDATE SET recordings = present.recordings + excluded.recordings),
    set_counted AS (
      INSERT INTO recipient_set_count AS present
        SELECT contact_center, ${digestOf('recipients')} AS digest,
          rcs_count_slot(contact_center || ' ' || array_to_string(recipients, ' ')), recipients, SUM(number) FROM (
          SELECT contact_center, before AS recipients, -1 AS number FROM changed
          UNION ALL SELECT contact_center, after, 1 FROM changed) AS one
        WHERE cardinality(recipients) BETWEEN 2 AND 8
        GROUP BY contact_center, recipients ORDER BY contact_center, digest
      ON CONFLICT (contact_center, digest, slot) DO UPDATE SET recordings = present.recordings + excluded.recordings)
    ${many};`;

const added = counting(
  `SELECT m.contact_center, m.recording_id, m.recipient, bool_or(own.media_id IS NULL) AS had, true AS has
     FROM (SELECT DISTINCT recording_id FROM added) AS touched JOIN media_recipient AS m USING (recording_id)
       LEFT JOIN added AS own USING (recording_id, media_id, recipient)
     GROUP BY 1, 2, 3`,
  `INSERT INTO many_recipients SELECT contact_center, recording_id FROM changed WHERE cardinality(after) > 8
      ON CONFLICT DO NOTHING`,
);

const removed = counting(
  `SELECT contact_center, recording_id, recipient, true AS had, bool_or(stays) AS has FROM (
       SELECT contact_center, recording_id, recipient, false AS stays FROM removed
       UNION ALL SELECT m.contact_center, m.recording_id, m.recipient, true
         FROM (SELECT DISTINCT recording_id FROM removed) AS touched JOIN media_recipient AS m USING (recording_id)) AS one
     GROUP BY 1, 2, 3`,
  `DELETE FROM many_recipients AS many USING changed WHERE many.contact_center = changed.contact_center
      AND many.recording_id = changed.recording_id AND coalesce(cardinality(after), 0) <= 8`,
);

/** Counts the rows that are there, into empty tables. */
export const fillRecipientCounts = `
  INSERT INTO recipient_count
    SELECT contact_center, recipient, 0, COUNT(DISTINCT recording_id) FROM media_recipient GROUP BY contact_center, recipient;
  INSERT INTO recipient_set_count
    SELECT contact_center, ${digestOf('recipients')}, 0, recipients, COUNT(*) FROM (
      SELECT contact_center, array_agg(DISTINCT recipient) AS recipients FROM media_recipient
      GROUP BY recording_id, contact_center HAVING COUNT(DISTINCT recipient) BETWEEN 2 AND 8) AS recording
    GROUP BY contact_center, recipients;
  INSERT INTO many_recipients
    SELECT contact_center, recording_id FROM media_recipient
    GROUP BY recording_id, contact_center HAVING COUNT(DISTINCT recipient) > 8;
`;

/**
 * How many recordings have which recipients, so that nobody counts their rows. Triggers keep it in the transaction of the
 * rows, whoever writes them. Whoever changes the rows of a recording holds the recording, so that no two change them at once.
 */
export const recipientCountSchema = `
  -- Gateways of before may write: what they do is counted here or by the triggers.
  LOCK TABLE media_recipient IN SHARE ROW EXCLUSIVE MODE;

  -- In how many recordings a recipient is. In several rows, so that insertions do not wait for one another.
  CREATE TABLE recipient_count (
    contact_center ${text} NOT NULL,
    recipient ${text} NOT NULL,
    slot integer NOT NULL,
    recordings bigint NOT NULL,
    PRIMARY KEY (contact_center, recipient, slot)
  ) WITH (fillfactor = 50);

  -- How many recordings have these recipients and no others, of those with 2 to 8.
  CREATE TABLE recipient_set_count (
    contact_center ${text} NOT NULL,
    digest bytea NOT NULL, -- SHA-256 of the recipients as JSON
    slot integer NOT NULL,
    recipients text[] COLLATE "C" NOT NULL, -- in the order of their bytes
    recordings bigint NOT NULL,
    PRIMARY KEY (contact_center, digest, slot)
  ) WITH (fillfactor = 50);

  -- Recordings with more.
  CREATE TABLE many_recipients (
    contact_center ${text} NOT NULL,
    recording_id ${text} NOT NULL,
    PRIMARY KEY (contact_center, recording_id)
  );
  ${fillRecipientCounts}

  -- The first row of a count that no other transaction changes: a second one is there where several did so at once. One of 512
  -- locks for each, so that a transaction with many recipients takes no more. Those of 16 and above are for whoever finds none.
  CREATE FUNCTION rcs_count_slot(name text) RETURNS integer LANGUAGE plpgsql AS $$
  DECLARE
    first integer := (hashtext(name) & 511) * 16;
  BEGIN
    FOR own IN 0..15 LOOP
      IF pg_try_advisory_xact_lock(7203718, first + own) THEN RETURN own; END IF;
    END LOOP;
    RETURN 16 + pg_backend_pid() % 48;
  END $$;

  -- With the rights of the owner, so that code of before needs none in tables that it does not know.
  CREATE FUNCTION rcs_recipients_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  DECLARE
    one record;
  BEGIN
    SELECT COUNT(*) AS rows, min(contact_center) AS contact_center, min(recording_id) AS recording_id, min(recipient) AS recipient
      INTO one FROM added;
    IF one.rows = 0 THEN RETURN NULL; END IF;
    -- The first recipient of a recording, as most are.
    IF one.rows = 1 AND NOT EXISTS (SELECT FROM media_recipient WHERE recording_id = one.recording_id OFFSET 1) THEN
      INSERT INTO recipient_count AS present
        VALUES (one.contact_center, one.recipient, rcs_count_slot(one.contact_center || ' ' || one.recipient), 1)
        ON CONFLICT (contact_center, recipient, slot) DO UPDATE SET recordings = present.recordings + 1;
      RETURN NULL;
    END IF;
    ${added}
    RETURN NULL;
  END $$;
  CREATE FUNCTION rcs_recipients_removed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM removed) THEN RETURN NULL; END IF;
    ${removed}
    RETURN NULL;
  END $$;
  CREATE TRIGGER recipients_added AFTER INSERT ON media_recipient
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rcs_recipients_added();
  CREATE TRIGGER recipients_removed AFTER DELETE ON media_recipient
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rcs_recipients_removed();
`;
