-- Step 16 of the schema as it was landed first.
  -- In how many recordings a recipient is. In several rows, so that insertions do not wait for one another.
  CREATE TABLE recipient_count (
    contact_center text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    slot integer NOT NULL,
    recordings bigint NOT NULL,
    PRIMARY KEY (contact_center, recipient, slot)
  ) WITH (fillfactor = 50);
  INSERT INTO recipient_count
    SELECT contact_center, recipient, 0, COUNT(DISTINCT recording_id) FROM media_recipient GROUP BY contact_center, recipient;

  -- How many recordings have these recipients and no others, of those with 2 to 8.
  CREATE TABLE recipient_set_count (
    contact_center text COLLATE "C" NOT NULL,
    recipients text[] COLLATE "C" NOT NULL, -- in the order of their bytes
    slot integer NOT NULL,
    recordings bigint NOT NULL,
    PRIMARY KEY (contact_center, recipients, slot)
  ) WITH (fillfactor = 50);
  INSERT INTO recipient_set_count
    SELECT contact_center, recipients, 0, COUNT(*) FROM (
      SELECT contact_center, array_agg(DISTINCT recipient) AS recipients FROM media_recipient
      GROUP BY recording_id, contact_center HAVING COUNT(DISTINCT recipient) BETWEEN 2 AND 8) AS recording
    GROUP BY contact_center, recipients;

  -- Recordings with more.
  CREATE TABLE many_recipients (
    contact_center text COLLATE "C" NOT NULL,
    recording_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (contact_center, recording_id)
  );
  INSERT INTO many_recipients
    SELECT contact_center, recording_id FROM media_recipient
    GROUP BY recording_id, contact_center HAVING COUNT(DISTINCT recipient) > 8;

  -- With the rights of the owner, so that code of before needs none in tables that it does not know.
  CREATE FUNCTION rcs_recipients_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  DECLARE
    own integer := pg_backend_pid() % 16;
    one record;
  BEGIN
    SELECT COUNT(*) AS rows, min(contact_center) AS contact_center, min(recording_id) AS recording_id, min(recipient) AS recipient
      INTO one FROM added;
    IF one.rows = 0 THEN RETURN NULL; END IF;
    
    FOR step IN 1..16 LOOP
      EXIT WHEN pg_try_advisory_xact_lock(7203718, own);
      own := CASE WHEN step = 16 THEN 16 + pg_backend_pid() % 48 ELSE (own + 1) % 16 END;
    END LOOP;
    -- The first recipient of a recording, as most are.
    IF one.rows = 1 AND NOT EXISTS (SELECT FROM media_recipient WHERE recording_id = one.recording_id OFFSET 1) THEN
      INSERT INTO recipient_count AS present VALUES (one.contact_center, one.recipient, own, 1)
        ON CONFLICT (contact_center, recipient, slot) DO UPDATE SET recordings = present.recordings + 1;
      RETURN NULL;
    END IF;
    
    WITH name AS (SELECT m.contact_center, m.recording_id, m.recipient, bool_or(own.media_id IS NULL) AS had, true AS has
     FROM (SELECT DISTINCT recording_id FROM added) AS touched JOIN media_recipient AS m USING (recording_id)
       LEFT JOIN added AS own USING (recording_id, media_id, recipient)
     GROUP BY 1, 2, 3),
    changed AS (
      SELECT contact_center, recording_id, array_agg(recipient ORDER BY recipient) FILTER (WHERE had) AS before,
        array_agg(recipient ORDER BY recipient) FILTER (WHERE has) AS after
      FROM name GROUP BY contact_center, recording_id HAVING bool_or(had <> has)),
    counted AS (
      INSERT INTO recipient_count AS present
        SELECT contact_center, recipient, own, SUM(CASE WHEN has THEN 1 ELSE -1 END)
        FROM name WHERE had <> has GROUP BY contact_center, recipient ORDER BY contact_center, recipient
      ON CONFLICT (contact_center, recipient, slot) DO UPDATE SET recordings = present.recordings + excluded.recordings),
    set_counted AS (
      INSERT INTO recipient_set_count AS present
        SELECT contact_center, recipients, own, SUM(number) FROM (
          SELECT contact_center, before AS recipients, -1 AS number FROM changed
          UNION ALL SELECT contact_center, after, 1 FROM changed) AS one
        WHERE cardinality(recipients) BETWEEN 2 AND 8
        GROUP BY contact_center, recipients ORDER BY contact_center, recipients
      ON CONFLICT (contact_center, recipients, slot) DO UPDATE SET recordings = present.recordings + excluded.recordings)
    INSERT INTO many_recipients SELECT contact_center, recording_id FROM changed WHERE cardinality(after) > 8
      ON CONFLICT DO NOTHING;
    RETURN NULL;
  END $$;
  CREATE FUNCTION rcs_recipients_removed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  DECLARE
    own integer := pg_backend_pid() % 16;
  BEGIN
    IF NOT EXISTS (SELECT FROM removed) THEN RETURN NULL; END IF;
    
    FOR step IN 1..16 LOOP
      EXIT WHEN pg_try_advisory_xact_lock(7203718, own);
      own := CASE WHEN step = 16 THEN 16 + pg_backend_pid() % 48 ELSE (own + 1) % 16 END;
    END LOOP;
    
    WITH name AS (SELECT contact_center, recording_id, recipient, true AS had, bool_or(stays) AS has FROM (
       SELECT contact_center, recording_id, recipient, false AS stays FROM removed
       UNION ALL SELECT m.contact_center, m.recording_id, m.recipient, true
         FROM (SELECT DISTINCT recording_id FROM removed) AS touched JOIN media_recipient AS m USING (recording_id)) AS one
     GROUP BY 1, 2, 3),
    changed AS (
      SELECT contact_center, recording_id, array_agg(recipient ORDER BY recipient) FILTER (WHERE had) AS before,
        array_agg(recipient ORDER BY recipient) FILTER (WHERE has) AS after
      FROM name GROUP BY contact_center, recording_id HAVING bool_or(had <> has)),
    counted AS (
      INSERT INTO recipient_count AS present
        SELECT contact_center, recipient, own, SUM(CASE WHEN has THEN 1 ELSE -1 END)
        FROM name WHERE had <> has GROUP BY contact_center, recipient ORDER BY contact_center, recipient
      ON CONFLICT (contact_center, recipient, slot) DO UPDATE SET recordings = present.recordings + excluded.recordings),
    set_counted AS (
      INSERT INTO recipient_set_count AS present
        SELECT contact_center, recipients, own, SUM(number) FROM (
          SELECT contact_center, before AS recipients, -1 AS number FROM changed
          UNION ALL SELECT contact_center, after, 1 FROM changed) AS one
        WHERE cardinality(recipients) BETWEEN 2 AND 8
        GROUP BY contact_center, recipients ORDER BY contact_center, recipients
      ON CONFLICT (contact_center, recipients, slot) DO UPDATE SET recordings = present.recordings + excluded.recordings)
    DELETE FROM many_recipients AS many USING changed WHERE many.contact_center = changed.contact_center
      AND many.recording_id = changed.recording_id AND coalesce(cardinality(after), 0) <= 8;
    RETURN NULL;
  END $$;
  CREATE TRIGGER recipients_added AFTER INSERT ON media_recipient
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rcs_recipients_added();
  CREATE TRIGGER recipients_removed AFTER DELETE ON media_recipient
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rcs_recipients_removed();
