import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Store } from '../store.js';
import { runRecipientHistory } from '../testing/recipient-history.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import { checkSqlite } from './check-sqlite.js';
import { recountInSqlite } from './recount-in-sqlite.js';

describe(checkSqlite.name, () => {
  const directory = new SqliteTestDirectory();
  const problems = () => checkSqlite(directory.path).filter(({ verdict }) => verdict !== 'good');
  let store: Store;

  beforeEach(async () => {
    store = await directory.open();
    await runRecipientHistory(store, 91, 100);
  });

  function execute(text: string): void {
    const database = new Database(join(directory.path, 'store.sqlite'), { timeout: 10_000 });
    database.exec(text);
    database.close();
  }

  it('finds nothing wrong with a store as gateways write it, while they have it open', () => {
    const findings = checkSqlite(directory.path);
    expect(findings.map(({ check, verdict }) => [check, verdict])).toEqual(
      ['connection', 'schema', 'schema', 'counts'].map(check => [check, 'good']),
    );
    expect(findings.at(-1)?.found).toMatch(/^\d\d+ counts of recordings are those of the rows$/);
  });

  it.each([
    ['counts', `UPDATE recipient_count SET recordings = recordings + 1 WHERE recipient = 'issued:1'`],
    ['counts', `INSERT INTO recipient_set_count VALUES ('cc-1', '["a","b"]', 1)`],
    ['counts', 'DELETE FROM many_recipients'],
    ['schema', 'DROP TRIGGER recipient_counted_after_delete'],
    ['schema', 'DROP TRIGGER changed_need_noted_after_insert'],
    ['schema', 'DROP TRIGGER need_count_expires; DROP TRIGGER need_count_ends'],
    [
      'schema',
      `DROP TRIGGER recipient_counted_after_delete;
       CREATE TRIGGER recipient_counted_after_delete AFTER DELETE ON media_recipient BEGIN SELECT 1; END`,
    ],
  ])('finds of the %s what somebody did, and a recount makes it good: %s', async (check, text) => {
    execute(text);
    expect(problems()).toMatchObject([{ check, verdict: 'bad', advice: 'run rcsctl store recount' }]);
    recountInSqlite(directory.path);
    expect(problems()).toEqual([]);
    await runRecipientHistory(store, 92, 60);
    expect(problems()).toEqual([]);
  });

  it('makes good what was written while a trigger was missing, beside gateways that write', async () => {
    execute('DROP TRIGGER recipient_set_discounted_after_insert');
    await runRecipientHistory(store, 93, 60);
    expect(problems().map(({ check }) => check)).toEqual(['schema', 'counts']);
    const history = runRecipientHistory(store, 94, 60);
    recountInSqlite(directory.path);
    await history;
    expect(problems()).toEqual([]);
  });

  it.each([
    [
      -1,
      /^version \d+, this program knows \d+: start a gateway of this version first, which brings the files up to date$/,
    ],
    [1, /^version \d+, this program knows \d+: recount with the newer one$/],
  ])('recounts nothing in files whose schema is another one, by %d', (difference, problem) => {
    execute('UPDATE recipient_count SET recordings = recordings + 1');
    const database = new Database(join(directory.path, 'store.sqlite'));
    const own = database.pragma('user_version', { simple: true }) as number;
    database.pragma(`user_version = ${own + difference}`);
    database.close();
    expect(() => recountInSqlite(directory.path)).toThrow(problem);
    execute(`PRAGMA user_version = ${own}`);
    expect(problems()).toMatchObject([{ check: 'counts', verdict: 'bad' }]);
  });

  it('says what is missing, which version the files have, and where there are none', () => {
    execute('DROP INDEX media_recipient_by_recording');
    expect(problems()).toMatchObject([
      {
        check: 'schema',
        found: 'index media_recipient_by_recording is missing',
        advice: 'restore the store from a backup',
      },
    ]);
    execute('PRAGMA user_version = 23');
    expect(problems()).toMatchObject([
      { check: 'schema', verdict: 'bad', found: expect.stringContaining('version 23') as string },
    ]);
    execute('PRAGMA user_version = 1000');
    expect(problems()).toMatchObject([{ check: 'schema', verdict: 'doubtful' }]);
    expect(checkSqlite(join(directory.path, 'none'))).toMatchObject([{ check: 'connection', verdict: 'bad' }]);
  });
});
