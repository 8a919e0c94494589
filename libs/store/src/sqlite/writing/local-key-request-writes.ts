import type Database from 'better-sqlite3';
import type { LoggedRequest } from '../../local-key-manager/logged-request.js';
import type { WriteHandlers } from './write-operation.js';

export type LocalKeyRequestWrites = {
  /** `owner` null: of what belongs to no contact center. */
  logLocalKeyRequest: { input: { request: LoggedRequest; owner: string | null; limit: number }; result: null };
  clearLocalKeyRequests: { input: { owner: string | null }; result: null };
};

export function localKeyRequestWrites(database: Database.Database): WriteHandlers<LocalKeyRequestWrites> {
  const last = database
    .prepare<[string | null], number | null>('SELECT max(number) FROM local_key_request WHERE contact_center IS ?')
    .pluck();
  const add = database.prepare(
    'INSERT INTO local_key_request (time, document, contact_center, number) VALUES (?, ?, ?, ?)',
  );
  const trim = database.prepare('DELETE FROM local_key_request WHERE contact_center IS ? AND number <= ?');
  const clear = database.prepare('DELETE FROM local_key_request WHERE contact_center IS ?');
  return {
    logLocalKeyRequest({ request, owner, limit }) {
      const number = (last.get(owner) ?? 0) + 1;
      add.run(request.time, JSON.stringify(request), owner, number);
      trim.run(owner, number - limit);
      return null;
    },
    clearLocalKeyRequests({ owner }) {
      clear.run(owner);
      return null;
    },
  };
}
