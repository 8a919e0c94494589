import type Database from 'better-sqlite3';
import { hawkCredentialWrites, type HawkCredentialWrites } from './hawk-credential-writes.js';
import { keyManagerAssignmentWrites, type KeyManagerAssignmentWrites } from './key-manager-assignment-writes.js';
import { localKeyPairWrites, type LocalKeyPairWrites } from './local-key-pair-writes.js';
import { localKeyRequestWrites, type LocalKeyRequestWrites } from './local-key-request-writes.js';
import type { WriteHandlers } from './write-operation.js';

export type LocalKeyManagerWrites = HawkCredentialWrites &
  LocalKeyPairWrites &
  LocalKeyRequestWrites &
  KeyManagerAssignmentWrites;

/** What the local key manager writes. */
export function localKeyManagerWrites(database: Database.Database): WriteHandlers<LocalKeyManagerWrites> {
  return {
    ...hawkCredentialWrites(database),
    ...localKeyPairWrites(database),
    ...localKeyRequestWrites(database),
    ...keyManagerAssignmentWrites(database),
  };
}
