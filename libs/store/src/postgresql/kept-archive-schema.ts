/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** Archives that were made here, and whom their media files are for. */
export const keptArchiveSchema = `
  CREATE TABLE kept_archive (
    id ${text} NOT NULL PRIMARY KEY,
    contact_center ${text} NOT NULL,
    begun_at ${text} NOT NULL,
    state ${text} NOT NULL,
    hold_until bigint NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
    last_seen_at ${text} NOT NULL,
    for_recipient integer NOT NULL, -- 1: its envelopes were re-wrapped
    document text NOT NULL
  );
  CREATE INDEX kept_archive_by_time ON kept_archive (contact_center, begun_at);
  CREATE TABLE archive_need (
    archive_id ${text} NOT NULL REFERENCES kept_archive (id) ON DELETE CASCADE,
    digest ${text} NOT NULL, -- of the recipients
    recipients ${text} NOT NULL, -- JSON
    media_files bigint NOT NULL,
    PRIMARY KEY (archive_id, digest)
  );
  -- By which certificates are asked for.
  CREATE TABLE archive_recipient (
    contact_center ${text} NOT NULL,
    recipient ${text} NOT NULL,
    archive_id ${text} NOT NULL,
    digest ${text} NOT NULL,
    PRIMARY KEY (contact_center, recipient, archive_id, digest),
    FOREIGN KEY (archive_id, digest) REFERENCES archive_need (archive_id, digest) ON DELETE CASCADE
  );
  CREATE INDEX archive_recipient_by_need ON archive_recipient (archive_id, digest);
`;

/** Archives that need something: of those that are being made, the ones that may still become whole. */
export const needsSomething = (now: string): string => `(kept.state <> 'making' OR kept.hold_until > ${now})`;

/** Whether an archive needs something, and has media files that are for one of some names and for none of others. */
export const needsCertificate = (contactCenter: string, own: string, others: string, now: string): string => `
  ${needsSomething(now)} AND kept.id IN (
    SELECT own.archive_id FROM archive_recipient AS own
    WHERE own.contact_center = ${contactCenter} AND own.recipient = ANY(${own}) AND NOT EXISTS (
      SELECT FROM archive_recipient AS other
      WHERE other.contact_center = own.contact_center AND other.archive_id = own.archive_id
        AND other.digest = own.digest AND other.recipient = ANY(${others})))`;

/** How many archives need a certificate: of a contact center, its names and those of others, at a moment. */
export const archivesNeeding = `
  SELECT COUNT(*) FROM kept_archive AS kept WHERE ${needsCertificate('$1', '$2', '$3', '$4')}`;
