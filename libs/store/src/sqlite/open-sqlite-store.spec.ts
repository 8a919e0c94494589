import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { exampleRecording } from '../testing/example-recording.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import { documents } from '../store.js';
import { documentSchema } from './document-schema.js';
import { migrationsOf } from './stored-thing.js';
import { auditDatabaseName, documentDatabaseName, openSqliteStore } from './open-sqlite-store.js';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

const known = migrationsOf(documents, documentSchema).length;

describe(openSqliteStore.name, () => {
  const directory = new SqliteTestDirectory();

  function changeDocuments(sql: string): void {
    const file = new Database(join(directory.path, documentDatabaseName));
    file.exec(sql);
    file.close();
  }

  it('makes directory and files for its own user only', async () => {
    const path = join(directory.path, 'data', 'store');
    const store = await directory.open({ directory: path });
    await store.recordings.insert(exampleRecording);
    await store.audit.append({ event: 'playback', outcome: 'allowed' });
    expect(mode(path)).toBe('700');
    const files = readdirSync(path);
    expect(files).toEqual(
      expect.arrayContaining(['store.sqlite', 'store.sqlite-wal', 'audit.sqlite', 'audit.sqlite-wal']),
    );
    expect(new Set(files.map(file => mode(join(path, file))))).toEqual(new Set(['600']));
  });

  it('gives everything back to the next process', async () => {
    const before = await directory.open();
    await before.recordings.insert(exampleRecording);
    await before.close();
    const after = await directory.open();
    expect(await after.recordings.find(exampleRecording.id)).toEqual(exampleRecording);
  });

  it('keeps records of the audit in little more room than they have letters', async () => {
    const store = await directory.open({ auditWriter: 'playback-gateway-host-1f2e3d4c' });
    const digest = '0'.repeat(64);
    const entries = Array.from({ length: 200 }, () => ({
      ...({
        event: 'playback',
        outcome: 'allowed',
        user: 'alice',
        address: '127.0.0.1',
        requestId: randomUUID(),
      } as const),
      ...{
        contactCenter: randomUUID(),
        recording: `R${randomUUID()}`,
        mediaFile: `${digest}.mp3`,
        envelopeDigest: digest,
      },
    }));
    await Promise.all(entries.map(entry => store.audit.append(entry)));
    await store.close();
    expect(statSync(join(directory.path, auditDatabaseName)).size / entries.length).toBeLessThan(2500);
  });

  it('lets one store see at once what another wrote', async () => {
    const [one, other] = [await directory.open(), await directory.open({ auditWriter: 'gateway-2' })];
    const user = { name: 'ops', enabled: true, roles: [], privileges: [], accessGroups: [], partitions: [] };
    const put = await one.users.put(user);
    expect(await other.users.find({ name: 'ops' })).toEqual(put);
    await other.users.remove({ name: 'ops' });
    expect(await one.users.find({ name: 'ops' })).toBeUndefined();
  });

  it('opens the same empty directory many times at once', async () => {
    const stores = await Promise.all(['a', 'b', 'c', 'd'].map(auditWriter => directory.open({ auditWriter })));
    await Promise.all(stores.map(store => store.audit.append({ event: 'playback', outcome: 'allowed' })));
    expect(await stores[0]?.audit.verify()).toMatchObject({ records: 8, writers: 4, problems: [] });
  });

  it('opens, however long its threads take to start where the machine is busy', async () => {
    const store = await directory.open({ writeDeadlineMs: 1 });
    expect(await store.recordings.find(exampleRecording.id)).toBeUndefined();
  });

  it('works beside a newer version that only added to the schema', async () => {
    await (await directory.open()).close();
    changeDocuments(`ALTER TABLE recording ADD COLUMN added INTEGER; PRAGMA user_version = ${known + 1}`);
    const store = await directory.open();
    expect(await store.recordings.insert(exampleRecording)).toBe('created');
    expect(await store.recordings.find(exampleRecording.id)).toEqual(exampleRecording);
  });

  it('refuses a schema that only a newer version understands', async () => {
    await (await directory.open()).close();
    changeDocuments(
      `UPDATE schema_compatibility SET works_with_code_of = ${known + 1}; PRAGMA user_version = ${known + 1}`,
    );
    await expect(directory.open()).rejects.toThrow(
      `store.sqlite has schema version ${known + 1}, this program knows ${known}`,
    );
  });

  it('refuses a file that is no database', async () => {
    writeFileSync(
      join(directory.path, documentDatabaseName),
      'This is a text of some length, not a database.'.repeat(9),
    );
    await expect(directory.open()).rejects.toThrow(/store\.directory .*file is not a database/);
  });

  it('refuses a path that is a file', async () => {
    const path = join(directory.path, 'file');
    writeFileSync(path, '');
    await expect(directory.open({ directory: path })).rejects.toThrow(/store\.directory .*EEXIST/);
  });

  it('refuses a directory in the place of a file', async () => {
    mkdirSync(join(directory.path, 'audit.sqlite'));
    await expect(directory.open()).rejects.toThrow(/store\.directory .*unable to open database file/);
  });

  it.each(['', 'two words', 'line\nbreak', 'x'.repeat(129)])('refuses the audit writer %j', async auditWriter => {
    await expect(directory.open({ auditWriter })).rejects.toThrow(
      'auditWriter must be 1 to 128 visible ASCII characters',
    );
  });
});
