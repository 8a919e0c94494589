import type Database from 'better-sqlite3';
import type { LocalKeyPair } from '../../local-key-manager/local-key-pair.js';
import { documentOf, keyPairIn, type OwnedRow } from '../local-key-manager-rows.js';
import { scopedKey } from './scoped-key.js';
import type { WriteHandlers } from './write-operation.js';

export type LocalKeyPairWrites = { addLocalKeyPair: { input: LocalKeyPair; result: LocalKeyPair } };

export function localKeyPairWrites(database: Database.Database): WriteHandlers<LocalKeyPairWrites> {
  const find = database.prepare<[string, string | null], OwnedRow>(
    `SELECT document, contact_center FROM local_key_pair
     WHERE json_extract(document, '$.id') = ? AND contact_center IS ?`,
  );
  const plainKey = database.prepare<[string]>('SELECT 1 FROM local_key_pair WHERE id = ?');
  const add = database.prepare(
    'INSERT INTO local_key_pair (id, date_created, document, contact_center) VALUES (?, ?, ?, ?)',
  );
  return {
    addLocalKeyPair(keyPair) {
      const owner = keyPair.contactCenter ?? null;
      const present = find.get(keyPair.id, owner);
      if (present !== undefined) return keyPairIn(present);
      const key = plainKey.get(keyPair.id) === undefined ? keyPair.id : scopedKey(owner, keyPair.id);
      add.run(key, keyPair.dateCreated, documentOf(keyPair), owner);
      return keyPair;
    },
  };
}
