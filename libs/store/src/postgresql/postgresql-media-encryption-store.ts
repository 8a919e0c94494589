import { RcsError } from '#platform';
import {
  isEncryptedSo,
  isFileHeld,
  isPlanInForce,
  plainFileIn,
  plainName,
  plannedName,
  plannedPrefix,
  withEncrypted,
} from '../media-encryption/encrypted-recording.js';
import type {
  EncryptionOutcome,
  EncryptionPlan,
  MediaEncryption,
  MediaEncryptionStore,
  NamedMedia,
} from '../media-encryption/media-encryption-store.js';
import type { MediaDescriptor, Recording } from '../recordings/recording.js';
import { tablesOfStoredBytes } from '../recordings/tables-of-media.js';
import { locationDigest } from '../removal/location-digest.js';
import { documentIn } from './document-row.js';
import { earlierNow, soon } from './earlier-now.js';
import { claimLocations, putPin } from './media-rows.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import { beingCleared, holdPlaces, obstaclesOf } from './removal-rows.js';
import type { Sql } from './sql.js';

export class PostgresqlMediaEncryptionStore implements MediaEncryptionStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  namedBy(location: string): Promise<readonly NamedMedia[]> {
    const text = `SELECT recording_id AS "recordingId", media_id AS "mediaId" FROM media_location WHERE location = $1
                  ORDER BY recording_id, media_id`;
    return this.database.read(sql => sql.all<NamedMedia>(text, [locationDigest(location)]));
  }

  async isBeingRemoved(location: string, contactCenter: string): Promise<boolean> {
    const text = 'SELECT 1 FROM removed_media WHERE location = $1 AND contact_center = $2 LIMIT 1';
    const values = [locationDigest(location), contactCenter];
    return (await this.database.read(sql => sql.first(text, values))) !== undefined;
  }

  plan(plan: EncryptionPlan): Promise<boolean> {
    const { recordingId, mediaId, contactCenter, descriptor, location, leaseUntil, now } = plan;
    return this.database.transaction(async sql => {
      if (plainFileIn(await held(sql, recordingId), plan) === undefined) return false;
      await claimPlace(sql, plan);
      const prefix = plannedPrefix(mediaId);
      await sql.run(
        `UPDATE removed_media SET next_attempt = least(next_attempt, $1)
         WHERE recording_id = $2 AND starts_with(media_id, $3)`,
        [now, recordingId, prefix],
      );
      await leave(sql, { recordingId, name: plannedName(plan), contactCenter, location, descriptor, at: leaseUntil });
      return true;
    });
  }

  encrypt(encryption: MediaEncryption): Promise<EncryptionOutcome> {
    const { recordingId, mediaId, contactCenter, location, plainLocation, now } = encryption;
    return this.database.transaction(async sql => {
      const recording = await held(sql, recordingId);
      if (isEncryptedSo(recording, encryption)) return 'unchanged';
      const plain = plainFileIn(recording, encryption);
      if (recording === undefined || plain === undefined) return 'changed';
      if (isFileHeld((await obstaclesOf(sql, recordingId)).holds, mediaId, await earlierNow(sql, now)))
        throw new RcsError('RCS_RECORDING_HELD', `the stored file of ${recordingId} is on legal hold`);
      if (!(await takePlan(sql, encryption))) return 'overtaken';
      await holdPlaces(sql, [location, plainLocation], 'FOR UPDATE');
      const encrypted = withEncrypted(recording, encryption);
      await replaceFile(sql, encrypted, encryption);
      const { mediaDescriptor: descriptor } = plain;
      const name = plainName(encryption);
      await leave(sql, {
        recordingId,
        name,
        contactCenter,
        location: plainLocation,
        descriptor,
        at: encryption.removeAt,
      });
      return 'encrypted';
    });
  }
}

/** The recording; nobody changes, holds or removes it until the transaction ends. */
const held = (sql: Sql, id: string): Promise<Recording | undefined> =>
  documentIn<Recording>(sql, 'SELECT document FROM recording WHERE id = $1 FOR UPDATE', [id]);

/** Nobody else names the place from now on. */
async function claimPlace(sql: Sql, { mediaId, contactCenter, location }: EncryptionPlan): Promise<void> {
  const digest = locationDigest(location);
  await sql.run('INSERT INTO location_claim (location, contact_center) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    digest,
    contactCenter,
  ]);
  await holdPlaces(sql, [location], 'FOR UPDATE');
  const owner = 'SELECT 1 FROM location_claim WHERE location = $1 AND contact_center = $2';
  const named = 'SELECT 1 FROM media_location WHERE location = $1 LIMIT 1';
  const isFree =
    (await sql.first(owner, [digest, contactCenter])) !== undefined &&
    (await sql.first(named, [digest])) === undefined &&
    (await beingCleared(sql, [{ mediaId, location }])) === undefined;
  if (!isFree) throw new RcsError('RCS_MEDIA_LOCATION_TAKEN', `${mediaId}: something lies at the new place`);
}

/** Takes the planned file out of those to be removed. False where somebody has begun to remove it. */
async function takePlan(sql: Sql, { recordingId, location, now }: MediaEncryption): Promise<boolean> {
  const text = `SELECT media_id AS name, next_attempt AS "nextAttempt" FROM removed_media
                WHERE recording_id = $1 AND location = $2 FOR UPDATE`;
  const row = await sql.first<{ name: string; nextAttempt: number }>(text, [recordingId, locationDigest(location)]);
  if (row === undefined || !isPlanInForce(row, now)) return false;
  await sql.run('DELETE FROM removed_media WHERE recording_id = $1 AND media_id = $2', [recordingId, row.name]);
  return true;
}

async function replaceFile(sql: Sql, encrypted: Recording, encryption: MediaEncryption): Promise<void> {
  const { recordingId, mediaId, contactCenter, location, finding } = encryption;
  for (const table of tablesOfStoredBytes) {
    await sql.run(`DELETE FROM ${table} WHERE recording_id = $1 AND media_id = $2`, [recordingId, mediaId]);
  }
  await sql.run('UPDATE recording SET document = $1 WHERE id = $2', [JSON.stringify(encrypted), recordingId]);
  await claimLocations(sql, [{ contactCenter, recordingId, mediaId, location }]);
  await putPin(sql, encrypted, finding);
}

interface LeftFile {
  readonly recordingId: string;
  readonly name: string;
  readonly contactCenter: string;
  readonly location: string;
  readonly descriptor: MediaDescriptor;
  readonly at: number;
}

async function leave(
  sql: Sql,
  { recordingId, name, contactCenter, location, descriptor, at }: LeftFile,
): Promise<void> {
  await sql.run(
    `INSERT INTO removed_media (recording_id, media_id, contact_center, location, descriptor, attempts, next_attempt)
     VALUES ($1, $2, $3, $4, $5, 0, ${soon('$6')}) ON CONFLICT DO NOTHING`,
    [recordingId, name, contactCenter, locationDigest(location), JSON.stringify(descriptor), at],
  );
}
