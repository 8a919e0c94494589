/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** By which a list of certificates that was read before is known to be the one that is there now. */
export const certificateListSchema = `
  CREATE TABLE certificate_list (
    contact_center ${text} NOT NULL PRIMARY KEY,
    version text NOT NULL -- another one by chance with every change, so that it never comes back
  );
  INSERT INTO certificate_list SELECT DISTINCT contact_center, gen_random_uuid()::text FROM recording_certificate;

  CREATE FUNCTION rcs_certificate_list_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
  BEGIN
    INSERT INTO certificate_list VALUES (coalesce(NEW.contact_center, OLD.contact_center), gen_random_uuid()::text)
      ON CONFLICT (contact_center) DO UPDATE SET version = excluded.version;
    RETURN NULL;
  END $$;
  CREATE TRIGGER certificate_list_changed AFTER INSERT OR UPDATE OR DELETE ON recording_certificate
    FOR EACH ROW EXECUTE FUNCTION rcs_certificate_list_changed();
`;
