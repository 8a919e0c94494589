import type Database from 'better-sqlite3';
import { hawkCredentialWrites } from './hawk-credential-writes.js';
import { keyManagerAssignmentWrites } from './key-manager-assignment-writes.js';
import { localKeyPairWrites } from './local-key-pair-writes.js';
import { localKeyRequestWrites } from './local-key-request-writes.js';

/** What the local key manager writes. */
export function localKeyManagerWrites(database: Database.Database) {
  return {
    ...hawkCredentialWrites(database),
    ...localKeyPairWrites(database),
    ...localKeyRequestWrites(database),
    ...keyManagerAssignmentWrites(database),
  };
}
