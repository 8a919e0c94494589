const text = 'text COLLATE "C"';

const never = (table: string, events: string): string => `
  CREATE TRIGGER ${table}_is_append_only BEFORE ${events} ON ${table} FOR EACH ROW EXECUTE FUNCTION rcs_append_only();
  CREATE TRIGGER ${table}_is_never_emptied BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION rcs_append_only();
`;

/**
 * The audit, a partition a month. Triggers refuse every change; a role that is not the owner of the tables has no right to
 * any, either. Partitions are made by a function that runs with the rights of the owner.
 */
export const auditSchema = `
  CREATE FUNCTION rcs_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
  CREATE FUNCTION rcs_only_archived() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      IF EXISTS (SELECT FROM audit_archived_chain AS a WHERE a.writer = OLD.writer AND OLD.sequence < a.size) THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION 'the audit log is append-only';
    END $$;
  CREATE FUNCTION rcs_chain_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.writer = OLD.writer AND NEW.sequence > OLD.sequence THEN RETURN NEW; END IF;
      RAISE EXCEPTION 'the audit log is append-only';
    END $$;
  CREATE FUNCTION rcs_archived_chain_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.writer = OLD.writer AND NEW.size >= OLD.size THEN RETURN NEW; END IF;
      RAISE EXCEPTION 'the audit log is append-only';
    END $$;

  CREATE TABLE audit_record (
    writer ${text} NOT NULL,
    sequence bigint NOT NULL,
    time ${text} NOT NULL, -- yyyy-MM-ddTHH:mm:ss.SSSZ
    user_name ${text},
    recording ${text},
    record text NOT NULL, -- canonical JSON (RFC 8785), the text that was hashed
    personal text, -- JSON of the personal fields and their salts
    hash text NOT NULL,
    PRIMARY KEY (writer, sequence, time)
  ) PARTITION BY RANGE (time);
  CREATE INDEX audit_record_by_time ON audit_record (time, writer, sequence);
  CREATE INDEX audit_record_by_user ON audit_record (user_name, time) WHERE user_name IS NOT NULL;
  CREATE INDEX audit_record_by_recording ON audit_record (recording, time) WHERE recording IS NOT NULL;
  CREATE TRIGGER audit_record_is_never_changed BEFORE UPDATE ON audit_record
    FOR EACH ROW EXECUTE FUNCTION rcs_append_only();
  CREATE TRIGGER audit_record_is_never_deleted BEFORE DELETE ON audit_record
    FOR EACH ROW EXECUTE FUNCTION rcs_only_archived();
  CREATE TRIGGER audit_record_is_never_emptied BEFORE TRUNCATE ON audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION rcs_append_only();

  -- The end of each chain: who continues it says which end it saw, so that of two that do one succeeds.
  CREATE TABLE audit_chain (writer ${text} PRIMARY KEY, sequence bigint NOT NULL, hash text NOT NULL) WITH (fillfactor = 50);
  CREATE TRIGGER audit_chain_only_grows BEFORE UPDATE ON audit_chain
    FOR EACH ROW EXECUTE FUNCTION rcs_chain_only_grows();
  ${never('audit_chain', 'DELETE')}

  CREATE TABLE audit_checkpoint (number bigint PRIMARY KEY, writer text NOT NULL, digest text NOT NULL, note text NOT NULL);
  ${never('audit_checkpoint', 'UPDATE OR DELETE')}

  -- Every 256th node of the tree over a chain, so that roots and proofs read little. Made from the records at any time.
  CREATE TABLE audit_tile (
    writer ${text} NOT NULL,
    level integer NOT NULL, -- 1: a node above 256 records, 2: above 256 of those, ...
    position bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (writer, level, position)
  );

  -- What lies in archives, each sealed by an operator; and how far by writer, of the last archive.
  CREATE TABLE audit_archive (number bigint PRIMARY KEY, seal text NOT NULL, chains text NOT NULL);
  ${never('audit_archive', 'UPDATE OR DELETE')}
  CREATE TABLE audit_archived_chain (writer ${text} PRIMARY KEY, size bigint NOT NULL, hash text NOT NULL, subtrees text NOT NULL);
  CREATE TRIGGER audit_archived_chain_only_grows BEFORE UPDATE ON audit_archived_chain
    FOR EACH ROW EXECUTE FUNCTION rcs_archived_chain_only_grows();
  ${never('audit_archived_chain', 'DELETE')}

  -- How far the chains were sent to a collector, and who sends.
  CREATE TABLE audit_exported (writer ${text} PRIMARY KEY, size bigint NOT NULL);
  CREATE TABLE audit_exporter (place integer PRIMARY KEY CHECK (place = 1), holder text NOT NULL, until bigint NOT NULL);

  CREATE FUNCTION rcs_audit_month(month text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    DECLARE
      partition text := 'audit_record_' || replace(month, '-', '_');
      next_month text;
    BEGIN
      IF month !~ '^[0-9]{4}-(0[1-9]|1[0-2])$' THEN RAISE EXCEPTION '% is no month', month; END IF;
      IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
      -- A lock of a table, unlike an advisory one, makes what others committed meanwhile visible to to_regclass.
      LOCK TABLE rcs_schema IN EXCLUSIVE MODE;
      IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
      next_month := to_char((month || '-01')::date + interval '1 month', 'YYYY-MM');
      EXECUTE format('CREATE TABLE %I (LIKE audit_record INCLUDING ALL)', partition);
      EXECUTE format('CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION rcs_append_only()', partition);
      EXECUTE format('ALTER TABLE audit_record ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, month, next_month);
    END $$;
`;
