import type {
  LocationClaim,
  MediaIndexStatus,
  MediaIndexStore,
  MissingPart,
  PositionedRecording,
  UnindexableMedia,
  UnindexedMedia,
} from '../media-index/media-index-store.js';
import type { Recording } from '../recordings/recording.js';
import { unknownRecordings } from './certificate-use.js';
import { soon } from './earlier-now.js';
import { claimLocations } from './media-rows.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

interface DueRow {
  readonly document: string;
  readonly mediaId: string;
  readonly attempts: number;
}

const leaseName = 'media-index';

const statusText = `
  SELECT c.contact_center AS "contactCenter", c.media_files AS "mediaFiles",
    COUNT(m.missing) FILTER (WHERE m.missing = 'inspection') AS "notInspected",
    COUNT(m.missing) FILTER (WHERE m.missing = 'content-tree') AS "withoutContentTree",
    COUNT(m.missing) FILTER (WHERE m.attempts > 0 AND m.missing <> 'given-up') AS failing,
    COUNT(m.missing) FILTER (WHERE m.missing = 'given-up') AS "givenUp"
  FROM (SELECT contact_center, SUM(media_files)::bigint AS media_files FROM media_file_count GROUP BY contact_center) AS c
    LEFT JOIN unindexed_media AS m USING (contact_center)
  WHERE c.contact_center = coalesce($1, c.contact_center)
  GROUP BY c.contact_center, c.media_files ORDER BY c.contact_center`;

export class PostgresqlMediaIndexStore implements MediaIndexStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async due(missing: MissingPart, now: number, limit: number): Promise<readonly UnindexedMedia[]> {
    const text = `
      SELECT r.document, m.media_id AS "mediaId", m.attempts
      FROM unindexed_media AS m JOIN recording AS r ON r.id = m.recording_id
      WHERE m.missing = $1 AND m.next_attempt <= $2 ORDER BY m.next_attempt, m.recording_id, m.media_id LIMIT $3`;
    const rows = await this.database.read(sql => sql.all<DueRow>(text, [missing, now, limit]));
    return rows.flatMap(unindexedMedia);
  }

  async postpone(recordingId: string, mediaId: string, reason: string, nextAttempt: number): Promise<void> {
    const text = `UPDATE unindexed_media SET attempts = attempts + 1, next_attempt = ${soon('$1')}, reason = $2
                  WHERE recording_id = $3 AND media_id = $4`;
    await this.database.transaction(sql => sql.run(text, [nextAttempt, reason, recordingId, mediaId]));
  }

  giveUp(contactCenter: string, recordingId: string): Promise<number> {
    const text = `UPDATE unindexed_media SET missing = 'given-up'
                  WHERE contact_center = $1 AND recording_id = $2 AND missing = 'inspection' AND attempts > 0`;
    return this.database.transaction(sql => sql.run(text, [contactCenter, recordingId]));
  }

  async retryAll(contactCenter: string | undefined): Promise<void> {
    const text = `
      UPDATE unindexed_media
      SET next_attempt = 0, missing = CASE missing WHEN 'given-up' THEN 'inspection' ELSE missing END
      WHERE attempts > 0 AND contact_center = coalesce($1, contact_center)`;
    await this.database.transaction(sql => sql.run(text, [contactCenter ?? null]));
  }

  async countUnknown(contactCenter: string): Promise<number> {
    const row = await this.database.read(sql => sql.first<{ count: number }>(unknownRecordings, [contactCenter]));
    return row?.count ?? 0;
  }

  status(contactCenter?: string): Promise<readonly MediaIndexStatus[]> {
    return this.database.read(sql => sql.all<MediaIndexStatus>(statusText, [contactCenter ?? null]));
  }

  failures(contactCenter: string, limit: number): Promise<readonly UnindexableMedia[]> {
    const text = `
      SELECT contact_center AS "contactCenter", recording_id AS "recordingId", media_id AS "mediaId", missing, attempts,
        coalesce(reason, '') AS reason, next_attempt AS "nextAttempt"
      FROM unindexed_media WHERE attempts > 0 AND contact_center = $1
      ORDER BY missing DESC, attempts DESC, recording_id, media_id LIMIT $2`;
    return this.database.read(sql => sql.all<UnindexableMedia>(text, [contactCenter, limit]));
  }

  async lease(owner: string, now: number, leaseUntil: number): Promise<boolean> {
    const text = `
      INSERT INTO background_lease AS present (name, owner, lease_until) VALUES ($1, $2, $3)
      ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
      WHERE present.owner = excluded.owner OR present.lease_until < $4 OR present.lease_until > $5`;
    // A clock that was set back, or that of a gateway that was ahead, must not keep everybody from it.
    const values = [leaseName, owner, leaseUntil, now, now + 10 * (leaseUntil - now)];
    return (await this.database.transaction(sql => sql.run(text, values))) === 1;
  }

  /**
   * One that is committed after others of higher positions were read is left out. Nothing is lost by that: what is inserted
   * claims its own locations.
   */
  async recordingsAfter(position: number, limit: number): Promise<readonly PositionedRecording[]> {
    const text = 'SELECT position, document FROM recording WHERE position > $1 ORDER BY position LIMIT $2';
    const rows = await this.database.read(sql =>
      sql.all<{ position: number; document: string }>(text, [position, limit]),
    );
    return rows.map(row => ({ position: row.position, recording: JSON.parse(row.document) as Recording }));
  }

  claimLocations(claims: readonly LocationClaim[]): Promise<readonly LocationClaim[]> {
    return this.database.transaction(sql => claimLocations(sql, claims));
  }

  async locationsClaimed(storages: string): Promise<boolean> {
    const text = 'SELECT 1 FROM claimed_storages WHERE storages = $1';
    return (await this.database.read(sql => sql.first(text, [storages]))) !== undefined;
  }

  async noteLocationsClaimed(storages: string): Promise<void> {
    const text = 'INSERT INTO claimed_storages VALUES ($1) ON CONFLICT DO NOTHING';
    await this.database.transaction(sql => sql.run(text, [storages]));
  }
}

function unindexedMedia({ document, mediaId, attempts }: DueRow): UnindexedMedia[] {
  const recording = JSON.parse(document) as Recording;
  const mediaFile = recording.mediaFiles.find(file => file.mediaId === mediaId);
  return mediaFile === undefined ? [] : [{ recording, mediaFile, attempts }];
}
