import { accountId, type AccountName } from '../users/account.js';
import type { User, UserContent } from '../users/user.js';
import type { UserStore } from '../users/user-store.js';
import { documentIn, documentsIn } from './document-row.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import type { Sql } from './sql.js';

/** The last of the next marks behind one; none where there are no more than so many. */
const lastOfStep = `
  SELECT recording_id AS last FROM seen_mark WHERE account = $1 AND recording_id > $2
  ORDER BY recording_id LIMIT 1 OFFSET 9999`;
const forgetStep = 'DELETE FROM seen_mark WHERE account = $1 AND recording_id > $2 AND recording_id <= $3';

export class PostgresqlUserStore implements UserStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  find(account: AccountName): Promise<User | undefined> {
    return this.database.read(sql => findUser(sql, account));
  }

  named(name: string): Promise<readonly User[]> {
    return this.database.read(sql =>
      documentsIn<User>(sql, 'SELECT document FROM user_account WHERE name = $1 ORDER BY number', [name]),
    );
  }

  list(): Promise<readonly User[]> {
    return this.database.read(sql => documentsIn<User>(sql, 'SELECT document FROM user_account ORDER BY name, number'));
  }

  put(user: UserContent): Promise<User> {
    return this.database.transaction(async sql => putUser(sql, user, await lastVersion(sql)));
  }

  replace(user: UserContent, seen: number | undefined): Promise<User | undefined> {
    return this.database.transaction(async sql => {
      const last = await lastVersion(sql);
      const present = await findUser(sql, user);
      return present?.version === seen ? putUser(sql, user, last) : undefined;
    });
  }

  async remove(account: AccountName): Promise<boolean> {
    const id = accountId(account);
    await this.forgetMarks(id);
    return this.database.transaction(
      async sql => (await sql.run('DELETE FROM user_account WHERE account = $1', [id])) === 1,
    );
  }

  /** Many go a part at a time, so that no statement takes longer than one may; those that are left go with the account. */
  private async forgetMarks(account: string): Promise<void> {
    for (let after = ''; ;) {
      const behind = after;
      const step = await this.database.read(sql => sql.first<{ last: string }>(lastOfStep, [account, behind]));
      if (step === undefined) return;
      await this.database.transaction(sql => sql.run(forgetStep, [account, behind, step.last]));
      after = step.last;
    }
  }
}

const findUser = (sql: Sql, account: AccountName): Promise<User | undefined> =>
  documentIn<User>(sql, 'SELECT document FROM user_account WHERE account = $1', [accountId(account)]);

/** Whoever has it changes users; others wait. */
async function lastVersion(sql: Sql): Promise<number> {
  const row = await sql.first<{ last: number }>('SELECT last FROM user_version_counter FOR UPDATE');
  if (row === undefined) throw new Error('the table user_version_counter is empty');
  return row.last;
}

async function putUser(sql: Sql, content: UserContent, last: number): Promise<User> {
  const user: User = { ...content, version: last + 1 };
  await sql.run('UPDATE user_version_counter SET last = $1', [user.version]);
  await sql.run(
    `INSERT INTO user_account (name, account, version, document) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account) DO UPDATE SET version = excluded.version, document = excluded.document`,
    [user.name, accountId(user), user.version, JSON.stringify(user)],
  );
  return user;
}
