import type Database from 'better-sqlite3';
import type { User, UserContent } from '../../users/user.js';
import type { DocumentWrites, WriteHandlers } from './write-operation.js';

export function userWrites(
  database: Database.Database,
): Pick<WriteHandlers<DocumentWrites>, 'putUser' | 'replaceUser' | 'removeUser'> {
  const nextVersion = database.prepare<[], { readonly last: number }>(
    'UPDATE user_version_counter SET last = last + 1 RETURNING last',
  );
  const put = database.prepare(
    `INSERT INTO user_account (name, contact_center, version, document) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET
       contact_center = excluded.contact_center, version = excluded.version, document = excluded.document`,
  );
  const remove = database.prepare('DELETE FROM user_account WHERE name = ?');

  const presentVersion = database.prepare<[string], { readonly version: number }>(
    'SELECT version FROM user_account WHERE name = ?',
  );

  function putUser(content: UserContent): User {
    const counter = nextVersion.get();
    if (counter === undefined) throw new Error('the table user_version_counter is empty');
    const user: User = { ...content, version: counter.last };
    put.run(user.name, user.contactCenter ?? null, user.version, JSON.stringify(user));
    return user;
  }

  return {
    putUser,

    replaceUser({ user, seen }) {
      const present = presentVersion.get(user.name)?.version ?? null;
      return present === seen ? putUser(user) : null;
    },

    removeUser: name => remove.run(name).changes === 1,
  };
}
