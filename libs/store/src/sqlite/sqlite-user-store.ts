import type { Statement } from 'better-sqlite3';
import type { User, UserContent } from '../users/user.js';
import type { UserStore } from '../users/user-store.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { DocumentWrites } from './writing/write-operation.js';

interface DocumentRow {
  readonly document: string;
}

export class SqliteUserStore implements UserStore {
  private readonly findStatement: Statement<[string], DocumentRow>;
  private readonly listStatement: Statement<[], DocumentRow>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<DocumentWrites>,
  ) {
    this.findStatement = reader.database.prepare('SELECT document FROM user_account WHERE name = ?');
    this.listStatement = reader.database.prepare('SELECT document FROM user_account ORDER BY name');
  }

  find(name: string): Promise<User | undefined> {
    return this.reader.read(() => {
      const row = this.findStatement.get(name);
      return row === undefined ? undefined : parse(row);
    });
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

  remove(name: string): Promise<boolean> {
    return this.writer.write('removeUser', name);
  }
}

function parse(row: DocumentRow): User {
  return JSON.parse(row.document) as User;
}
