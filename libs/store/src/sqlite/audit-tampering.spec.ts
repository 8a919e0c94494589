import { join } from 'node:path';
import Database from 'better-sqlite3';
import { noPreviousHash, sealRecord } from '../audit/audit-chain.js';
import { provenRoot } from '../audit/audit-proof.js';
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
    // Of an erasure that is noted nothing but whole fields with their salts may go.
    'UPDATE audit_record SET user = NULL WHERE sequence = 5',
    "UPDATE audit_record SET personal = json_remove(personal, '$.values.user', '$.salts.user') WHERE sequence = 5",
    "UPDATE audit_record SET user = NULL, personal = json_remove(personal, '$.values.user') WHERE sequence = 5",
    'UPDATE audit_record SET user = NULL, personal = NULL WHERE sequence = 5',
    "UPDATE audit_record SET user = 'x', personal = json_set(personal, '$.values.user', 'x') WHERE sequence = 5",
    "UPDATE audit_record SET user = NULL, personal = json_remove(personal, '$.values.user', '$.salts.user'), record = '{}' WHERE sequence = 5",
    // And nothing where none is noted.
    "UPDATE audit_record SET user = NULL, personal = json_remove(personal, '$.values.user', '$.salts.user') WHERE sequence = 6",
    'DELETE FROM audit_erased',
    'UPDATE audit_erased SET sequence = 6',
    "INSERT OR REPLACE INTO audit_erased VALUES (1, 'gateway-1', 6, 'hash', 'user')",
    "UPDATE OR IGNORE audit_record SET writer = 'nobody'",
    'DELETE FROM audit_record WHERE sequence = 3',
    "INSERT OR REPLACE INTO audit_record SELECT writer, sequence, time, 'nobody', recording, record, hash, personal FROM audit_record",
    "UPDATE audit_checkpoint SET note = 'another'",
    'DELETE FROM audit_checkpoint',
    'DELETE FROM audit_archive',
    "UPDATE audit_archive SET seal = 'another'",
    "INSERT OR REPLACE INTO audit_archive VALUES (1, 'another', '[]')",
    'DELETE FROM audit_archived_chain',
    'UPDATE audit_archived_chain SET size = 1',
    "INSERT INTO audit_record SELECT 'gateway-2', 0, time, user, recording, record, hash, personal FROM audit_record LIMIT 1",
    "INSERT OR REPLACE INTO audit_checkpoint VALUES (1, 'gateway-1', 'digest', 'another')",
  ])('refuses %s', async sql => {
    const file = openFile();
    file.exec("INSERT INTO audit_checkpoint VALUES (1, 'gateway-1', 'digest', 'note')");
    file.exec("INSERT INTO audit_archive VALUES (1, 'seal', '[]')");
    file.exec("INSERT INTO audit_archived_chain VALUES ('gateway-2', 2, 'hash', '[]')");
    file.exec("INSERT INTO audit_erased VALUES (1, 'gateway-1', 5, 'hash', 'user')");
    expect(() => file.exec(sql)).toThrow('the audit log is append-only');
    file.close();
    expect(await store.audit.verify([], { chains: [] })).toMatchObject({ records: 11, problems: [] });
  });

  it.each([
    [
      'changed',
      "UPDATE audit_record SET record = replace(record, 'playback', 'logout') WHERE sequence = 3",
      'hash-mismatch',
    ],
    [
      "said to be somebody else's",
      "UPDATE audit_record SET user = 'user-9', personal = replace(personal, 'user-3', 'user-9') WHERE sequence = 3",
      'hash-mismatch',
    ],
    [
      'salted anew',
      "UPDATE audit_record SET personal = json_set(personal, '$.salts.user', printf('%032d', 7)) WHERE sequence = 3",
      'hash-mismatch',
    ],
    [
      'given a field that it had not',
      "UPDATE audit_record SET personal = json_set(personal, '$.values.detail', 'x', '$.salts.detail', printf('%032d', 7)) WHERE sequence = 3",
      'hash-mismatch',
    ],
    ['hidden from searches', "UPDATE audit_record SET user = 'user-9' WHERE sequence = 3", 'index-mismatch'],
    ['removed', 'DELETE FROM audit_record WHERE sequence = 3', 'missing'],
    ['spoiled', "UPDATE audit_record SET record = '' WHERE sequence = 3", 'malformed'],
  ])('finds a record that was %s', async (_act, sql, kind) => {
    tamper(sql);
    expect((await store.audit.verify()).problems).toMatchObject([{ writer: 'gateway-1', sequence: 3, kind }]);
  });

  describe('who knows how the chain is made', () => {
    const checkpoints = async () =>
      (await collect(store.audit.query())).map(({ writer, sequence, hash, time }) => ({
        writer,
        sequence,
        hash,
        time,
      }));

    it('cuts the end off unseen, unless a checkpoint was kept', async () => {
      const kept = await checkpoints();
      tamper('DELETE FROM audit_record WHERE sequence > 6');
      expect((await store.audit.verify()).problems).toEqual([]);
      expect((await store.audit.verify(kept)).problems).toMatchObject([{ sequence: 7, kind: 'truncated' }]);
    });

    it('removes a whole chain unseen, unless a checkpoint was kept', async () => {
      const kept = await checkpoints();
      tamper('DELETE FROM audit_record');
      expect((await store.audit.verify()).problems).toEqual([]);
      expect((await store.audit.verify(kept)).problems).toMatchObject([{ sequence: 0, kind: 'vanished' }]);
    });

    it('writes the last record anew unseen, unless a checkpoint was kept', async () => {
      const kept = await checkpoints();
      const [before, last] = kept.slice(-2);
      if (before === undefined || last === undefined) throw new Error('the chain is too short');
      const entry = { event: 'playback', outcome: 'allowed', user: 'somebody else' } as const;
      const forged = sealRecord(before.writer, before, entry, last.time);
      tamper(`UPDATE audit_record SET user = 'somebody else', recording = NULL, record = '${forged.text}', personal = '${forged.personal ?? ''}',
        hash = '${forged.record.hash}' WHERE sequence = ${last.sequence}`);
      expect((await store.audit.verify()).problems).toEqual([]);
      const found = (await store.audit.verify(kept)).problems;
      expect(found).toMatchObject([{ sequence: last.sequence, kind: 'rewritten' }]);
    });
  });

  it('finds a chain that another event opens', async () => {
    const forged = sealRecord(
      'forger',
      { sequence: -1, hash: noPreviousHash },
      { event: 'login', outcome: 'done' },
      'x',
    );
    tamper(`INSERT INTO audit_record (writer, sequence, time, record, hash)
      VALUES ('forger', 0, 'x', '${forged.text}', '${forged.record.hash}')`);
    expect((await store.audit.verify()).problems).toMatchObject([
      { writer: 'forger', sequence: 0, kind: 'no-genesis' },
    ]);
  });

  describe('a value that was destroyed with its salt', () => {
    beforeEach(() => tamper('UPDATE audit_record SET user = NULL, personal = NULL WHERE sequence = 3'));

    it('leaves the chain sound, and is told', async () => {
      const { problems } = await store.audit.verify();
      expect(problems).toMatchObject([
        { sequence: 3, kind: 'erased', detail: expect.stringMatching(/^user:/) as string },
      ]);
    });

    it('leaves a record that can be read and proved', async () => {
      const [, , , record] = await collect(store.audit.query());
      expect(record).toMatchObject({
        sequence: 3,
        erased: { user: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      });
      expect(record).not.toHaveProperty('user');
      const [head] = await store.audit.heads();
      const proof = await store.audit.prove('gateway-1', 3, 11);
      expect(proof === undefined ? '' : provenRoot(proof)).toBe(head?.root);
    });
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
