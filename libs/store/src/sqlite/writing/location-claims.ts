import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { LocationClaim } from '../../media-index/media-index-store.js';

/** Which contact center a location belongs to: the first whose recording named it. */
export class LocationClaims {
  private readonly insert;
  private readonly select;

  constructor(database: Database.Database) {
    this.insert = database.prepare<[Buffer, string]>(
      'INSERT INTO location_claim (location, contact_center) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.select = database.prepare<[Buffer], { readonly owner: string }>(
      'SELECT contact_center AS owner FROM location_claim WHERE location = ?',
    );
  }

  isOpenTo({ contactCenter, location }: LocationClaim): boolean {
    return (this.select.get(digestOf(location))?.owner ?? contactCenter) === contactCenter;
  }

  /** False when another contact center has it. */
  claim(claim: LocationClaim): boolean {
    this.insert.run(digestOf(claim.location), claim.contactCenter);
    return this.isOpenTo(claim);
  }
}

/** Paths may have thousands of characters, and there are as many claims as media files. */
const digestOf = (location: string): Buffer => createHash('sha256').update(location).digest();
