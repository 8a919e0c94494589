import type Database from 'better-sqlite3';
import { isSameAccount, type AccountName } from '../../users/account.js';
import type { User, UserContent } from '../../users/user.js';
import { scopedKey } from './scoped-key.js';
import type { WriteHandlers } from './write-operation.js';

/** Rows that are removed in one transaction: some milliseconds, in which no other write has a turn. */
const forgottenAtOnce = 1000;

export type UserWrites = {
  putUser: { input: UserContent; result: User };
  /** `seen` null: there is none yet. Result null: another version is there. */
  replaceUser: { input: { user: UserContent; seen: number | null }; result: User | null };
  removeUser: { input: AccountName; result: boolean };
  /** Some of those of an account, by its id; whether there may be more. */
  forgetSeenMarks: { input: string; result: boolean };
};

interface UserRow {
  readonly key: string;
  readonly version: number;
  readonly document: string;
}

export function userWrites(database: Database.Database): WriteHandlers<UserWrites> {
  const nextVersion = database.prepare<[], { readonly last: number }>(
    'UPDATE user_version_counter SET last = last + 1 RETURNING last',
  );
  const named = database.prepare<[string], UserRow>(
    `SELECT name AS key, version, document FROM user_account WHERE json_extract(document, '$.name') = ?`,
  );
  const plainKey = database.prepare<[string]>('SELECT 1 FROM user_account WHERE name = ?');
  const put = database.prepare(
    `INSERT INTO user_account (name, contact_center, version, document) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET
       contact_center = excluded.contact_center, version = excluded.version, document = excluded.document`,
  );
  const remove = database.prepare('DELETE FROM user_account WHERE name = ?');
  const forget = database.prepare<[string, string]>(
    `DELETE FROM seen_mark WHERE account = ? AND recording_id IN (
       SELECT recording_id FROM seen_mark WHERE account = ? ORDER BY recording_id LIMIT ${forgottenAtOnce})`,
  );

  const rowOf = (account: AccountName): UserRow | undefined =>
    named.all(account.name).find(({ document }) => isSameAccount(JSON.parse(document) as User, account));

  function keyFor({ name, source, contactCenter }: AccountName): string {
    if (plainKey.get(name) === undefined) return name;
    return source === undefined ? scopedKey('local', null, name) : scopedKey(source, contactCenter ?? null, name);
  }

  function putUser(content: UserContent): User {
    const counter = nextVersion.get();
    if (counter === undefined) throw new Error('the table user_version_counter is empty');
    const user: User = { ...content, version: counter.last };
    const key = rowOf(user)?.key ?? keyFor(user);
    put.run(key, user.contactCenter ?? null, user.version, JSON.stringify(user));
    return user;
  }

  return {
    putUser,

    replaceUser({ user, seen }) {
      const present = rowOf(user)?.version ?? null;
      return present === seen ? putUser(user) : null;
    },

    removeUser(account) {
      const row = rowOf(account);
      return row !== undefined && remove.run(row.key).changes === 1;
    },

    forgetSeenMarks: account => forget.run(account, account).changes === forgottenAtOnce,
  };
}
