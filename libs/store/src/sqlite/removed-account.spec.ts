import { join } from 'node:path';
import Database from 'better-sqlite3';
import { accountId } from '../users/account.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import { DatabaseWriter } from './writing/database-writer.js';

const nothing = { enabled: true, roles: [], privileges: [], accessGroups: [], partitions: [] };
const time = '2026-11-28T08:00:00.000Z';

describe('the removal of an account', () => {
  const directory = new SqliteTestDirectory();
  afterEach(() => jest.restoreAllMocks());

  it('removes what the account has seen in transactions of a thousand rows, and nothing of another', async () => {
    const store = await directory.open();
    const account = { name: 'ann', source: 'openid', contactCenter: 'cc-1' } as const;
    await store.users.put({ ...account, ...nothing });
    const marks = (id: string, count: number) =>
      Array.from({ length: count }, (_, number) => ({ account: id, recordingId: `recording-${number}`, time }));
    await store.seenMarks.put([...marks(accountId(account), 2500), ...marks('ann', 10)]);
    const database = new Database(join(directory.path, 'store.sqlite'), { readonly: true });
    const left = database.prepare<[], number>('SELECT COUNT(*) FROM seen_mark').pluck();
    const steps: unknown[] = [];
    const write = DatabaseWriter.prototype.write as (this: unknown, ...parts: unknown[]) => Promise<never>;
    jest.spyOn(DatabaseWriter.prototype, 'write').mockImplementation(function (this: unknown, ...parts: unknown[]) {
      steps.push([parts[0], left.get()]);
      return write.apply(this, parts);
    });
    expect(await store.users.remove(account)).toBe(true);
    expect(steps).toEqual([
      ['forgetSeenMarks', 2510],
      ['forgetSeenMarks', 1510],
      ['forgetSeenMarks', 510],
      ['removeUser', 10],
    ]);
    expect(left.get()).toBe(10);
    database.close();
  });
});
