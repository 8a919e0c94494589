import { locationDigest } from '../removal/location-digest.js';
import type { Obstacles } from '../removal/removal-plan.js';
import type { SettledRemoval } from '../removal/removal-order-store.js';
import type { LedgerEntry } from '../removal/removal-store.js';
import type { ClaimedLocation } from '../recordings/recording-store.js';
import type { MediaFile, Recording } from '../recordings/recording.js';
import { tablesOfMedia } from '../recordings/tables-of-media.js';
import { countMedia } from './media-rows.js';
import type { Sql } from './sql.js';

type RemovedRow = Pick<LedgerEntry, 'recordingId' | 'contactCenter' | 'kind' | 'time'>;
const wholeRecording = '';

/** What stands against the removal of a recording. Whoever calls holds it for update. */
export async function obstaclesOf(sql: Sql, recordingId: string): Promise<Obstacles> {
  const isProtected = await sql.first('SELECT 1 FROM deletion_protection WHERE recording_id = $1', [recordingId]);
  const holds = await sql.all<{ mediaId: string; until: string | null }>(
    'SELECT media_id AS "mediaId", until FROM legal_hold WHERE recording_id = $1',
    [recordingId],
  );
  return {
    isProtected: isProtected !== undefined,
    holds: holds.map(({ mediaId, until }) => ({
      ...(mediaId === wholeRecording ? {} : { mediaId }),
      ...(until === null ? {} : { until }),
    })),
  };
}

export async function removeAll(
  sql: Sql,
  recording: Recording,
  row: RemovedRow,
  locations: readonly ClaimedLocation[],
): Promise<void> {
  await leave(sql, recording.mediaFiles, row, locations);
  await forget(sql, recording.id);
  await noteInLedger(sql, row, wholeRecording);
}

/** Its rows alone: neither the ledger nor the stored files are told. */
export async function forget(sql: Sql, recordingId: string): Promise<void> {
  await sql.run('DELETE FROM deletion_protection WHERE recording_id = $1', [recordingId]);
  await sql.run('DELETE FROM legal_hold WHERE recording_id = $1', [recordingId]);
  // What else belongs to it goes with it.
  await sql.run('DELETE FROM recording WHERE id = $1', [recordingId]);
}

/** Takes some media files out of a recording, which stays with the others. */
export async function removeSome(
  sql: Sql,
  recording: Recording,
  removed: readonly MediaFile[],
  row: RemovedRow,
  locations: readonly ClaimedLocation[],
): Promise<void> {
  await leave(sql, removed, row, locations);
  const mediaFiles = recording.mediaFiles.filter(file => !removed.includes(file));
  const document = JSON.stringify({ ...recording, mediaFiles });
  await sql.run('UPDATE recording SET document = $1 WHERE id = $2', [document, recording.id]);
  for (const { mediaId } of removed) {
    for (const table of tablesOfMedia) {
      await sql.run(`DELETE FROM ${table} WHERE recording_id = $1 AND media_id = $2`, [recording.id, mediaId]);
    }
    await noteInLedger(sql, row, mediaId);
  }
}

/** What a removal that was decided elsewhere leaves here. */
export async function settleRemoval(sql: Sql, removal: SettledRemoval): Promise<void> {
  const { mediaIds, mediaFiles, locations, ...row } = removal;
  await leaveFiles(sql, mediaFiles, row, locations);
  if (mediaIds === undefined) await sql.run('DELETE FROM seen_mark WHERE recording_id = $1', [row.recordingId]);
  for (const mediaId of mediaIds ?? [wholeRecording]) await noteInLedger(sql, row, mediaId);
}

/** @param mediaId '' for the whole recording */
export async function noteInLedger(sql: Sql, row: RemovedRow, mediaId: string): Promise<void> {
  await sql.run(
    `INSERT INTO removal_ledger (recording_id, media_id, contact_center, kind, time) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (recording_id, media_id) DO NOTHING`,
    [row.recordingId, mediaId, row.contactCenter, row.kind, row.time],
  );
}

async function leave(
  sql: Sql,
  files: readonly MediaFile[],
  row: RemovedRow,
  locations: readonly ClaimedLocation[],
): Promise<void> {
  const places = locations.filter(({ mediaId }) => files.some(file => file.mediaId === mediaId));
  await holdPlaces(
    sql,
    places.map(({ location }) => location),
    'FOR UPDATE',
  );
  await leaveFiles(sql, files, row, locations);
  await countMedia(sql, row.contactCenter, -files.length);
}

async function leaveFiles(
  sql: Sql,
  files: SettledRemoval['mediaFiles'],
  row: RemovedRow,
  locations: readonly ClaimedLocation[],
): Promise<void> {
  const text = `
    INSERT INTO removed_media (recording_id, media_id, contact_center, location, descriptor, attempts, next_attempt)
    VALUES ($1, $2, $3, $4, $5, 0, 0) ON CONFLICT DO NOTHING`;
  for (const { mediaId, mediaDescriptor } of files) {
    const place = locations.find(one => one.mediaId === mediaId);
    const digest = place === undefined ? null : locationDigest(place.location);
    await sql.run(text, [row.recordingId, mediaId, row.contactCenter, digest, JSON.stringify(mediaDescriptor)]);
  }
}

/** Places are held by those who insert and those who remove, so that nobody names one that is being cleared. */
export async function holdPlaces(
  sql: Sql,
  locations: readonly string[],
  how: 'FOR SHARE' | 'FOR UPDATE',
): Promise<void> {
  // In one order, so that two who want the same ones do not wait for each other.
  const digests = locations.map(location => locationDigest(location).toString('hex')).sort();
  const text = `SELECT 1 FROM location_claim WHERE location IN (SELECT decode(digest, 'hex') FROM unnest($1::text[]) AS digest)
                ORDER BY location ${how}`;
  if (digests.length > 0) await sql.all(text, [digests]);
}

/** The first of these places where the file of a removed recording still lies. Whoever calls holds the places. */
export async function beingCleared(sql: Sql, places: readonly ClaimedLocation[]): Promise<ClaimedLocation | undefined> {
  for (const place of places) {
    const text = 'SELECT 1 FROM removed_media WHERE location = $1 LIMIT 1';
    if ((await sql.first(text, [locationDigest(place.location)])) !== undefined) return place;
  }
  return undefined;
}
