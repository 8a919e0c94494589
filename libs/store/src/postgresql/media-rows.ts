import type { LocationClaim } from '../media-index/media-index-store.js';
import { locationDigest } from '../removal/location-digest.js';
import { completedPin, type MediaFinding, type PinnedMedia, type PinResult } from '../recordings/pinned-media.js';
import type { Recording } from '../recordings/recording.js';
import { documentIn } from './document-row.js';
import type { Sql } from './sql.js';

/** Writes which media file is encrypted for whom; rows that stay are not written again. */
export async function replaceRecipients(
  sql: Sql,
  contactCenter: string,
  recordingId: string,
  mediaId: string,
  recipients: readonly string[],
): Promise<void> {
  const ofMediaFile = 'SELECT recipient FROM media_recipient WHERE recording_id = $1 AND media_id = $2';
  const rows = await sql.all<{ recipient: string }>(ofMediaFile, [recordingId, mediaId]);
  const present = new Set(rows.map(({ recipient }) => recipient));
  const gone = [...present].filter(recipient => !recipients.includes(recipient));
  if (gone.length > 0)
    await sql.run(
      'DELETE FROM media_recipient WHERE recording_id = $1 AND media_id = $2 AND recipient = ANY ($3::text[])',
      [recordingId, mediaId, gone],
    );
  const added = recipients.filter(recipient => !present.has(recipient));
  await addRecipients(sql, contactCenter, recordingId, mediaId, added);
}

/** The same of a media file that is new. */
export async function addRecipients(
  sql: Sql,
  contactCenter: string,
  recordingId: string,
  mediaId: string,
  recipients: readonly string[],
): Promise<void> {
  if (recipients.length === 0) return;
  await sql.run(
    `INSERT INTO media_recipient (contact_center, recipient, recording_id, media_id)
     SELECT $1, unnest($2::text[]), $3, $4 ON CONFLICT DO NOTHING`,
    [contactCenter, recipients, recordingId, mediaId],
  );
}

/** Pins what was found, or completes the pin that is there. Whoever calls holds the recording. */
export async function putPin(sql: Sql, recording: Recording, finding: MediaFinding): Promise<PinResult> {
  const { id, contactCenter } = recording;
  const { mediaId, recipients, leaves } = finding;
  const select = 'SELECT document FROM envelope_pin WHERE recording_id = $1 AND media_id = $2';
  const before = await documentIn<PinnedMedia>(sql, select, [id, mediaId]);
  const agreed = before === undefined ? finding.pin : completedPin(before, finding.pin);
  if (agreed === undefined) return { pin: before ?? finding.pin, agreed: false };
  const isTree = leaves !== undefined && agreed.contentRoot === finding.pin.contentRoot;
  if (isTree) {
    await sql.run('INSERT INTO content_tree VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [id, mediaId, leaves]);
  }
  const pin: PinnedMedia = isTree ? { ...agreed, leavesKept: true } : agreed;
  await sql.run(
    `INSERT INTO envelope_pin (recording_id, media_id, document) VALUES ($1, $2, $3)
     ON CONFLICT (recording_id, media_id) DO UPDATE SET document = excluded.document`,
    [id, mediaId, JSON.stringify(pin)],
  );
  if (recipients !== undefined && isCurrent(recording, finding)) {
    await replaceRecipients(sql, contactCenter, id, mediaId, recipients);
    await sql.run(
      `UPDATE unindexed_media SET missing = 'content-tree', attempts = 0, next_attempt = 0, reason = NULL
       WHERE recording_id = $1 AND media_id = $2 AND missing <> 'content-tree'`,
      [id, mediaId],
    );
  }
  if (pin.leavesKept === true) {
    const indexed = `DELETE FROM unindexed_media WHERE recording_id = $1 AND media_id = $2 AND missing = 'content-tree'`;
    await sql.run(indexed, [id, mediaId]);
  }
  return { pin, agreed: true };
}

function isCurrent({ mediaFiles }: Recording, { mediaId, readFrom }: MediaFinding): boolean {
  return readFrom === undefined || mediaFiles.find(file => file.mediaId === mediaId)?.pkcs7 === readFrom;
}

/** Counts media files that come, or by a negative number go, in a row of this connection. */
export async function countMedia(sql: Sql, contactCenter: string, mediaFiles: number): Promise<void> {
  await sql.run(
    `INSERT INTO media_file_count AS counted VALUES ($1, pg_backend_pid() % 16, $2)
     ON CONFLICT (contact_center, slot) DO UPDATE SET media_files = counted.media_files + excluded.media_files`,
    [contactCenter, mediaFiles],
  );
}

/** Claims locations; the first to claim one has it. Answers those that another contact center has. Keeps who names them. */
export async function claimLocations(sql: Sql, claims: readonly LocationClaim[]): Promise<readonly LocationClaim[]> {
  if (claims.length === 0) return [];
  const named = claims.map(claim => ({ claim, digest: locationDigest(claim.location).toString('hex') }));
  // In one order, so that two who claim the same ones do not wait for each other.
  const sorted = [...named].sort((one, other) => (one.digest < other.digest ? -1 : 1));
  await sql.run(
    `INSERT INTO location_claim (location, contact_center)
     SELECT decode(location, 'hex'), contact_center FROM unnest($1::text[], $2::text[]) AS claim (location, contact_center)
     ON CONFLICT DO NOTHING`,
    [sorted.map(({ digest }) => digest), sorted.map(({ claim }) => claim.contactCenter)],
  );
  await sql.run(
    `INSERT INTO media_location (location, recording_id, media_id)
     SELECT decode(claim.location, 'hex'), recording.id, claim.media_id
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS claim (location, recording_id, media_id, contact_center)
     JOIN recording ON recording.id = claim.recording_id AND recording.contact_center = claim.contact_center
     ON CONFLICT DO NOTHING`,
    [
      sorted.map(({ digest }) => digest),
      sorted.map(({ claim }) => claim.recordingId),
      sorted.map(({ claim }) => claim.mediaId),
      sorted.map(({ claim }) => claim.contactCenter),
    ],
  );
  const rows = await sql.all<{ location: string; owner: string }>(
    `SELECT encode(location, 'hex') AS location, contact_center AS owner FROM location_claim
     WHERE location IN (SELECT decode(digest, 'hex') FROM unnest($1::text[]) AS digest)`,
    [sorted.map(({ digest }) => digest)],
  );
  const owners = new Map(rows.map(({ location, owner }) => [location, owner]));
  return named.filter(({ claim, digest }) => owners.get(digest) !== claim.contactCenter).map(({ claim }) => claim);
}
