import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { AuditRecord } from '../audit/audit-record.js';
import { exampleRecording } from '../testing/example-recording.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import type { Store } from '../store.js';
import { backupSqliteStore } from './backup-sqlite-store.js';
import { auditDatabaseName, documentDatabaseName } from './open-sqlite-store.js';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const numbered = (number: number) => ({ ...exampleRecording, id: `recording-${number}` });

describe(backupSqliteStore.name, () => {
  const directory = new SqliteTestDirectory();
  const target = (): string => join(directory.path, 'copies', 'first');

  /** Inserts recordings and appends records, one after the other, until it is told to stop. */
  function writeTo(store: Store) {
    const written = { recordings: 0, records: [] as AuditRecord[] };
    let over = false;
    let isSome = (): void => undefined;
    const first = new Promise<void>(resolve => (isSome = resolve));
    const writing = (async () => {
      while (!over) {
        await store.recordings.insert(numbered(written.recordings));
        written.records.push(await store.audit.append({ event: 'playback', outcome: 'allowed' }));
        written.recordings += 1;
        if (written.recordings === 50) isSome();
      }
    })();
    const stop = async (): Promise<void> => {
      over = true;
      await writing;
    };
    return { written, first, stop };
  }

  it('copies one state of each file while a store writes on, with all that was acknowledged before', async () => {
    const store = await directory.open();
    const writer = writeTo(store);
    await writer.first;
    const before = { recordings: writer.written.recordings, last: writer.written.records.at(-1) };
    const files = await backupSqliteStore(directory.path, target());
    await writer.stop();
    expect(writer.written.recordings).toBeGreaterThanOrEqual(before.recordings);

    expect(files.map(({ file }) => file)).toEqual(
      [documentDatabaseName, auditDatabaseName].map(name => join(target(), name)),
    );
    expect(readdirSync(target()).sort()).toEqual([auditDatabaseName, documentDatabaseName]);
    expect([target(), ...files.map(({ file }) => file)].map(mode)).toEqual(['700', '600', '600']);
    for (const { file, bytes } of files) expect(statSync(file).size).toBe(bytes);

    const copy = await directory.open({ directory: target(), auditWriter: 'rcsctl' });
    for (let number = 0; number < before.recordings; number++) {
      expect(await copy.recordings.find(`recording-${number}`)).toEqual(numbered(number));
    }
    const verification = await copy.audit.verify();
    expect(verification).toMatchObject({ problems: [] });
    const [head] = (await copy.audit.heads()).filter(({ writer: name }) => name === 'gateway-1');
    expect(head?.size).toBeGreaterThan(before.last?.sequence ?? Infinity);
  });

  it('keeps the places of rows, which the index of media files remembers', async () => {
    const store = await directory.open();
    for (let number = 0; number < 5; number++) await store.recordings.insert(numbered(number));
    const [from, to] = [join(directory.path, documentDatabaseName), join(target(), documentDatabaseName)];
    const places = (file: string): unknown[] => {
      const database = new Database(file);
      const rows = database.prepare('SELECT rowid, id FROM recording ORDER BY rowid').raw().all();
      database.close();
      return rows;
    };
    const source = new Database(from);
    source.prepare("DELETE FROM recording WHERE id = 'recording-1'").run();
    source.close();
    await backupSqliteStore(directory.path, target());
    expect(places(to)).toEqual(places(from));
    expect(places(to)).toHaveLength(4);
  });

  it('takes the position of an export along, where there is one', async () => {
    const store = await directory.open();
    const position = await store.exportPosition('gateway-1');
    await position.close();
    const files = await backupSqliteStore(directory.path, target());
    expect(files.map(({ file }) => file)).toContain(join(target(), 'audit-export.sqlite'));
  });

  it('refuses a directory that holds something, and leaves it as it was', async () => {
    await directory.open();
    mkdirSync(target(), { recursive: true });
    writeFileSync(join(target(), 'store.sqlite'), 'an earlier backup');
    await expect(backupSqliteStore(directory.path, target())).rejects.toThrow(
      /first is not empty.*name a new directory/,
    );
    expect(statSync(join(target(), 'store.sqlite')).size).toBe('an earlier backup'.length);
  });

  it('refuses a path that is no directory', async () => {
    await directory.open();
    writeFileSync(join(directory.path, 'copies'), '');
    await expect(backupSqliteStore(directory.path, target())).rejects.toThrow(/first cannot be made/);
  });

  it('names what is missing where there is no store, and makes nothing', async () => {
    const empty = join(directory.path, 'empty');
    mkdirSync(empty);
    await expect(backupSqliteStore(empty, target())).rejects.toThrow(
      /holds no SQLite store: there is no store\.sqlite/,
    );
    expect(() => statSync(target())).toThrow();
  });

  it('says that the file is damaged, and leaves no copy of it under its name', async () => {
    const store = await directory.open();
    for (let number = 0; number < 200; number++) await store.recordings.insert(numbered(number));
    await store.close();
    const file = join(directory.path, documentDatabaseName);
    const database = new Database(file);
    const root = database
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'recording'")
      .pluck()
      .get() as number;
    const pageBytes = database.pragma('page_size', { simple: true }) as number;
    database.close();
    overwrite(file, (root - 1) * pageBytes, pageBytes);
    await expect(backupSqliteStore(directory.path, target())).rejects.toThrow(
      /store\.sqlite cannot be copied.*damaged|malformed/,
    );
    expect(readdirSync(target())).toEqual([]);
  });

  it('says which copies are whole where a later one cannot be made', async () => {
    await (await directory.open()).close();
    overwrite(join(directory.path, auditDatabaseName), 0, 100);
    const whole = join(target(), documentDatabaseName);
    await expect(backupSqliteStore(directory.path, target())).rejects.toThrow(`; whole, and left there: ${whole}`);
    expect(readdirSync(target())).toEqual([documentDatabaseName]);
  });
});

function overwrite(file: string, position: number, bytes: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(bytes, 0x5a), 0, bytes, position);
  closeSync(handle);
}
