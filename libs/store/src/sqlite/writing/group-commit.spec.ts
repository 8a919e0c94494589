import Database from 'better-sqlite3';
import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteTestDirectory } from '../../testing/sqlite-test-directory.js';
import { createDatabaseFile, DatabaseFileWatch, openConnection } from '../database-connection.js';
import { GroupCommit, type WritableDatabase } from './group-commit.js';
import type { WriteTransaction } from './write-operation.js';

describe(GroupCommit.name, () => {
  const directory = new SqliteTestDirectory();
  let file: string;
  let groupCommit: GroupCommit;

  beforeEach(() => {
    file = join(directory.path, 'numbers.sqlite');
    createDatabaseFile(file);
    groupCommit = new GroupCommit(open);
    const database = openConnection(file, { busyTimeoutMs: 100 });
    database.exec('CREATE TABLE number (value INTEGER PRIMARY KEY) STRICT');
    database.close();
  });
  afterEach(() => groupCommit.close());

  function open(): WritableDatabase {
    const fileWatch = new DatabaseFileWatch(file);
    const database = openConnection(file, { busyTimeoutMs: 100 });
    const insert = database.prepare('INSERT INTO number VALUES (?)');
    const add = (value: unknown): null => {
      insert.run(value);
      return null;
    };
    const addAndFail = (value: unknown): never => {
      insert.run(value);
      throw new RangeError('refused after it wrote');
    };
    /** Adds one more than it knows of, as a chain goes on from its head. */
    let known: { transaction: WriteTransaction; value: number } | undefined;
    const addNext = (_input: unknown, transaction: WriteTransaction): number => {
      const last = (): number => Number(database.prepare('SELECT max(value) FROM number').pluck().get());
      const value = (known?.transaction === transaction ? known.value : last()) + 1;
      insert.run(value);
      known = { transaction, value };
      return value;
    };
    const addNextAndFail = (input: unknown, transaction: WriteTransaction): never => {
      addNext(input, transaction);
      throw new RangeError('refused after it wrote');
    };
    const addOnly = (value: unknown): null => add(value);
    const list = (): unknown => database.prepare('SELECT value FROM number ORDER BY value').pluck().all();
    const addToFullDisk = (): never => {
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    };
    const handlers = { add, addOnly, addAndFail, addNext, addNextAndFail, addToFullDisk, list, probe: () => null };
    return { database, fileWatch, handlers, undoneBySqlite: new Set(['addOnly']) };
  }

  const list = (): unknown => groupCommit.commit([{ name: 'list', input: null }]);
  const add = (input: unknown): unknown => groupCommit.commit([{ name: 'add', input }]);

  it('undoes a refused write wholly and keeps the others of its batch', () => {
    const outcome = groupCommit.commit([
      { name: 'add', input: 1 },
      { name: 'addAndFail', input: 2 },
      { name: 'add', input: 1 },
      { name: 'add', input: 3 },
      { name: 'unheardOf', input: 4 },
    ]);
    expect(outcome).toEqual({
      outcomes: [
        { result: null },
        { failure: 'refused after it wrote' },
        { failure: expect.stringContaining('UNIQUE constraint failed') as string },
        { result: null },
        { failure: 'there is no write operation unheardOf' },
      ],
    });
    expect(list()).toEqual({ outcomes: [{ result: [1, 3] }] });
  });

  it('lets a batch go on from what it knows, not from what was undone, nor in the next one', () => {
    const commit = (...names: string[]): unknown => groupCommit.commit(names.map(name => ({ name, input: null })));
    expect(commit('addNext', 'addNext', 'addNextAndFail', 'addNext')).toEqual({
      outcomes: [{ result: 1 }, { result: 2 }, { failure: 'refused after it wrote' }, { result: 3 }],
    });
    add(7);
    expect(commit('addNext')).toEqual({ outcomes: [{ result: 8 }] });
    expect(list()).toEqual({ outcomes: [{ result: [1, 2, 3, 7, 8] }] });
  });

  it('has no savepoint for a write that SQLite undoes by itself', () => {
    const savepoints = jest.spyOn(Database.prototype, 'transaction');
    const addOnly = (input: unknown) => ({ name: 'addOnly', input });
    expect(groupCommit.commit([addOnly(1), addOnly(1), addOnly(2)])).toEqual({
      outcomes: [
        { result: null },
        { failure: expect.stringContaining('UNIQUE constraint failed') as string },
        { result: null },
      ],
    });
    expect(savepoints).toHaveBeenCalledTimes(1);
    savepoints.mockRestore();
    expect(list()).toEqual({ outcomes: [{ result: [1, 2] }] });
  });

  it('goes on with the file that was put back from a copy', () => {
    expect(add(1)).toEqual({ outcomes: [{ result: null }] });
    renameSync(file, `${file}.moved`);
    expect(add(2)).toMatchObject({ failure: expect.stringContaining('was moved, deleted or replaced') as string });
    expect(add(2)).toMatchObject({ failure: expect.any(String) as string });
    copyFileSync(`${file}.moved`, file);
    expect(add(3)).toEqual({ outcomes: [{ result: null }] });
    expect(list()).toEqual({ outcomes: [{ result: [1, 3] }] });
  });

  it('lets a probe write after a batch that failed, and only then', () => {
    const { database: other } = open();
    other.pragma('user_version = 7');
    const commit = (name: string): unknown => groupCommit.commit([{ name, input: null }]);
    const version = (): unknown => other.pragma('data_version', { simple: true });
    const states = [version()];
    for (const name of ['probe', 'addToFullDisk', 'probe', 'probe']) {
      commit(name);
      states.push(version());
    }
    const [before, probed, failed, tried, after] = states;
    expect([probed, failed, after]).toEqual([before, before, tried]);
    expect(tried).not.toBe(failed);
    expect(other.pragma('user_version', { simple: true })).toBe(7);
    other.close();
  });

  it('syncs the disk with every commit', () => {
    const { database } = open();
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    database.close();
  });
});
