/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** Who has seen which recordings. */
export const seenMarkSchema = `
  CREATE TABLE seen_mark (
    account ${text} NOT NULL,
    recording_id ${text} NOT NULL,
    time ${text} NOT NULL, -- ISO 8601
    PRIMARY KEY (account, recording_id)
  );
  CREATE INDEX seen_mark_by_recording ON seen_mark (recording_id);
  CREATE FUNCTION rcs_seen_mark_goes_with_recording() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN DELETE FROM seen_mark WHERE recording_id = OLD.id; RETURN NULL; END $$;
  CREATE TRIGGER seen_mark_goes_with_recording AFTER DELETE ON recording
    FOR EACH ROW EXECUTE FUNCTION rcs_seen_mark_goes_with_recording();
  -- An account that is made later under the name is another person's.
  CREATE FUNCTION rcs_seen_mark_goes_with_account() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN DELETE FROM seen_mark WHERE account = OLD.account; RETURN NULL; END $$;
  CREATE TRIGGER seen_mark_goes_with_account AFTER DELETE ON user_account
    FOR EACH ROW EXECUTE FUNCTION rcs_seen_mark_goes_with_account();
`;
