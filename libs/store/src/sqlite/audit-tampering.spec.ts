import { join } from 'node:path';
import Database from 'better-sqlite3';
import { collect } from '../testing/collect.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import type { Store } from '../store.js';
import { auditDatabaseName } from './open-sqlite-store.js';

describe('the audit log in the hands of somebody who can write the file', () => {
  const directory = new SqliteTestDirectory();
  let store: Store;

  beforeEach(async () => {
    store = await directory.open();
    const appends = Array.from({ length: 10 }, (_, number) =>
      store.audit.append({ event: 'playback', outcome: 'allowed', user: `user-${number + 1}`, recording: 'r' }),
    );
    await Promise.all(appends);
  });

  function openFile(): Database.Database {
    return new Database(join(directory.path, auditDatabaseName));
  }

  function tamper(sql: string): void {
    const file = openFile();
    const triggers = file.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all() as string[];
    for (const trigger of triggers) file.exec(`DROP TRIGGER ${trigger}`);
    file.exec(sql);
    file.close();
  }

  it.each([
    "UPDATE audit_record SET user = 'nobody'",
    "UPDATE OR IGNORE audit_record SET writer = 'nobody'",
    'DELETE FROM audit_record WHERE sequence = 3',
    "INSERT OR REPLACE INTO audit_record SELECT writer, sequence, time, 'nobody', recording, record, hash FROM audit_record",
  ])('refuses %s', async sql => {
    const file = openFile();
    expect(() => file.exec(sql)).toThrow('the audit log is append-only');
    file.close();
    expect(await store.audit.verify()).toMatchObject({ records: 11, problems: [] });
  });

  it.each([
    [
      'changed',
      "UPDATE audit_record SET record = replace(record, 'user-3', 'user-9') WHERE sequence = 3",
      'hash-mismatch',
    ],
    ['hidden from searches', "UPDATE audit_record SET user = 'user-9' WHERE sequence = 3", 'index-mismatch'],
    ['removed', 'DELETE FROM audit_record WHERE sequence = 3', 'missing'],
    ['spoiled', "UPDATE audit_record SET record = '' WHERE sequence = 3", 'malformed'],
  ])('finds a record that was %s', async (_act, sql, kind) => {
    tamper(sql);
    expect((await store.audit.verify()).problems).toMatchObject([{ writer: 'gateway-1', sequence: 3, kind }]);
  });

  it('finds records whose places were exchanged', async () => {
    tamper(`
      UPDATE audit_record SET sequence = -5 WHERE sequence = 5;
      UPDATE audit_record SET sequence = 5 WHERE sequence = 6;
      UPDATE audit_record SET sequence = 6 WHERE sequence = -5;
    `);
    expect((await store.audit.verify()).problems).toMatchObject([
      { sequence: 5, kind: 'misplaced', detail: 'it was written as record 6 of gateway-1' },
      { sequence: 6, kind: 'misplaced', detail: 'it was written as record 5 of gateway-1' },
    ]);
  });

  it('finds the same in a log of many pages', async () => {
    await Promise.all(Array.from({ length: 1500 }, () => store.audit.append({ event: 'login', outcome: 'done' })));
    tamper('DELETE FROM audit_record WHERE sequence BETWEEN 249 AND 251 OR sequence = 1400');
    const { records, problems } = await store.audit.verify();
    expect(records).toBe(1507);
    expect(problems).toMatchObject([
      { sequence: 249, kind: 'missing' },
      { sequence: 1400, kind: 'missing' },
    ]);
  });

  it('does not answer a query with a record that cannot be read', async () => {
    tamper("UPDATE audit_record SET record = '{}' WHERE sequence = 3");
    await expect(collect(store.audit.query())).rejects.toMatchObject({
      code: 'RCS_AUDIT_UNAVAILABLE',
      message: expect.stringContaining('audit record 3 of gateway-1') as string,
    });
  });
});
