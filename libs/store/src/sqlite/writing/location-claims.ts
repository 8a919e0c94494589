import type Database from 'better-sqlite3';
import type { LocationClaim } from '../../media-index/media-index-store.js';
import { locationDigest } from '../../removal/location-digest.js';

/** Which contact center a location belongs to: the first whose recording named it. */
export class LocationClaims {
  private readonly insert;
  private readonly select;
  private readonly insertName;
  private readonly selectRemoved;

  constructor(database: Database.Database) {
    this.insert = database.prepare<[Buffer, string]>(
      'INSERT INTO location_claim (location, contact_center) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.select = database.prepare<[Buffer], { readonly owner: string }>(
      'SELECT contact_center AS owner FROM location_claim WHERE location = ?',
    );
    this.insertName = database.prepare<[Buffer, string, string, string]>(
      `INSERT INTO media_location (location, recording_id, media_id) SELECT ?, id, ? FROM recording WHERE id = ?
       AND contact_center = ? ON CONFLICT DO NOTHING`,
    );
    this.selectRemoved = database.prepare<[Buffer]>('SELECT 1 FROM removed_media WHERE location = ? LIMIT 1');
  }

  isOpenTo({ contactCenter, location }: Pick<LocationClaim, 'contactCenter' | 'location'>): boolean {
    return (this.select.get(locationDigest(location))?.owner ?? contactCenter) === contactCenter;
  }

  /** Whether a stored file that lies there is about to be removed. */
  isBeingCleared(location: string): boolean {
    return this.selectRemoved.get(locationDigest(location)) !== undefined;
  }

  /** False when another contact center has it. */
  claim(claim: LocationClaim): boolean {
    const { contactCenter, recordingId, mediaId, location } = claim;
    const digest = locationDigest(location);
    this.insert.run(digest, contactCenter);
    this.insertName.run(digest, mediaId, recordingId, contactCenter);
    return this.isOpenTo(claim);
  }
}
