import type { Statement } from 'better-sqlite3';
import { accountId, isSameAccount, type AccountName } from '../users/account.js';
import type { User, UserContent } from '../users/user.js';
import type { UserStore } from '../users/user-store.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import { storedThing } from './stored-thing.js';
import { userWrites, type UserWrites } from './writing/user-writes.js';

interface DocumentRow {
  readonly document: string;
}

interface NamedRow extends DocumentRow {
  /** The key of the row. */
  readonly name: string;
}

class SqliteUserStore implements UserStore {
  private readonly namedStatement: Statement<[string], NamedRow>;
  private readonly listStatement: Statement<[], DocumentRow>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<UserWrites>,
  ) {
    const own = `json_extract(document, '$.name')`;
    // The row of the account that had a name first is kept under that name, those of the others under keys of their own.
    // With an order SQLite would prepare this statement anew at every use, and every request uses it.
    this.namedStatement = reader.database.prepare(`SELECT name, document FROM user_account WHERE ${own} = ?`);
    this.listStatement = reader.database.prepare(
      `SELECT document FROM user_account ORDER BY ${own}, name <> ${own}, name`,
    );
  }

  async find(account: AccountName): Promise<User | undefined> {
    return (await this.named(account.name)).find(user => isSameAccount(user, account));
  }

  named(name: string): Promise<readonly User[]> {
    const ofFirst = (row: NamedRow): number => (row.name === name ? 0 : 1);
    return this.reader.read(() =>
      this.namedStatement
        .all(name)
        .sort((a, b) => ofFirst(a) - ofFirst(b) || (a.name < b.name ? -1 : 1))
        .map(parse),
    );
  }

  list(): Promise<readonly User[]> {
    return this.reader.read(() => this.listStatement.all().map(parse));
  }

  put(user: UserContent): Promise<User> {
    return this.writer.write('putUser', user);
  }

  async replace(user: UserContent, seen: number | undefined): Promise<User | undefined> {
    return (await this.writer.write('replaceUser', { user, seen: seen ?? null })) ?? undefined;
  }

  async remove(account: AccountName): Promise<boolean> {
    const { name, source, contactCenter } = account;
    // Few at a time, so that nobody waits for long; those that are left go with the account.
    for (let isMore = true; isMore;) isMore = await this.writer.write('forgetSeenMarks', accountId(account));
    return this.writer.write('removeUser', {
      name,
      ...(source === undefined ? {} : { source }),
      ...(contactCenter === undefined ? {} : { contactCenter }),
    });
  }
}

export const users = storedThing<UserWrites, UserStore>({
  writes: userWrites,
  open: (reader, writer) => new SqliteUserStore(reader, writer),
});

function parse(row: DocumentRow): User {
  return JSON.parse(row.document) as User;
}
