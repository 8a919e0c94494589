import { locationDigest } from '../removal/location-digest.js';
import type { ClaimedLocation } from '../recordings/recording-store.js';
import type { CassandraDatabase } from './cassandra-database.js';

/** Who claims, and by which act: a name that no other act has. */
export interface Claimant {
  readonly contactCenter: string;
  readonly act: string;
}

/**
 * Claims locations for a contact center, the first to claim one has it. Answers the first that another has; then nothing
 * that this act alone claimed is left.
 */
export async function claimLocations(
  database: CassandraDatabase,
  claimant: Claimant,
  places: readonly ClaimedLocation[],
): Promise<ClaimedLocation | undefined> {
  for (const place of places) {
    if (await claimLocation(database, claimant, place.location)) continue;
    await releaseLocations(database, claimant, places);
    return place;
  }
  return undefined;
}

/** False where another contact center has it. */
export async function claimLocation(
  database: CassandraDatabase,
  { contactCenter, act }: Claimant,
  location: string,
): Promise<boolean> {
  const digest = locationDigest(location);
  const text = 'INSERT INTO location_claim (location, contact_center, claimed_by) VALUES (?, ?, ?) IF NOT EXISTS';
  for (;;) {
    const result = await database.run(text, [digest, contactCenter, act]);
    if (result.wasApplied()) return true;
    const row = result.first();
    if (row['contact_center'] !== contactCenter) return false;
    if (row['claimed_by'] === act) return true;
    // From now on whoever claimed it before does not take it back. Where they just did, it is claimed again.
    const mine = 'UPDATE location_claim SET claimed_by = ? WHERE location = ? IF contact_center = ?';
    if (await database.runIf(mine, [act, digest, contactCenter])) return true;
  }
}

/** Gives back what nobody but this act has claimed. */
export async function releaseLocations(
  database: CassandraDatabase,
  { act }: Claimant,
  places: readonly ClaimedLocation[],
): Promise<void> {
  const text = 'DELETE FROM location_claim WHERE location = ? IF claimed_by = ?';
  for (const { location } of places) await database.runIf(text, [locationDigest(location), act]);
}

/** Keeps which recordings name a place. */
export async function noteLocations(
  database: CassandraDatabase,
  recordingId: string,
  places: readonly ClaimedLocation[],
): Promise<void> {
  const text = 'INSERT INTO media_location (location, recording_id, media_id) VALUES (?, ?, ?)';
  await Promise.all(
    places.map(({ location, mediaId }) => database.run(text, [locationDigest(location), recordingId, mediaId])),
  );
}
