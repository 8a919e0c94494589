import { renameSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { exampleRecording } from '../testing/example-recording.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import { auditDatabaseName, documentDatabaseName } from './open-sqlite-store.js';

describe('a store whose files cannot be written', () => {
  const directory = new SqliteTestDirectory();
  const playback = { event: 'playback', outcome: 'allowed' } as const;

  /** As a backup tool or another process would hold it. */
  function lock(name: string): Database.Database {
    const holder = new Database(join(directory.path, name));
    holder.exec('BEGIN IMMEDIATE');
    return holder;
  }

  it('waits for the lock of another process without holding up its own', async () => {
    const store = await directory.open();
    const holder = lock(auditDatabaseName);
    const append = store.audit.append(playback);
    // The lock is given back by this very thread: a store that blocked it would wait in vain.
    await store.recordings.insert(exampleRecording);
    expect(await store.recordings.find(exampleRecording.id)).toEqual(exampleRecording);
    holder.close();
    expect((await append).sequence).toBe(1);
  });

  it('refuses audit records while the log stays locked, and goes on afterwards', async () => {
    const store = await directory.open({ writeDeadlineMs: 2000 });
    const holder = lock(auditDatabaseName);
    await expect(store.audit.append(playback)).rejects.toMatchObject({ code: 'RCS_AUDIT_UNAVAILABLE' });
    await expect(store.check()).rejects.toMatchObject({ code: 'RCS_AUDIT_UNAVAILABLE' });
    holder.close();
    await store.check();
    await store.audit.append(playback);
    expect((await store.audit.verify()).problems).toEqual([]);
  });

  it('refuses writes while the documents stay locked, but reads on', async () => {
    const store = await directory.open({ writeDeadlineMs: 2000 });
    await store.recordings.insert(exampleRecording);
    const holder = lock(documentDatabaseName);
    const insert = store.recordings.insert({ ...exampleRecording, id: 'another' });
    await expect(insert).rejects.toMatchObject({ code: 'RCS_STORE_UNAVAILABLE' });
    expect(await store.recordings.find(exampleRecording.id)).toEqual(exampleRecording);
    holder.close();
    expect(await store.recordings.insert({ ...exampleRecording, id: 'another' })).toBe('created');
  });

  it('refuses more than may wait, and loses none of those', async () => {
    const store = await directory.open({ writeQueueLimit: 5 });
    const holder = lock(auditDatabaseName);
    const first = store.audit.append(playback);
    await Promise.resolve();
    await Promise.resolve();
    const outcomes = Array.from({ length: 8 }, () => store.audit.append(playback));
    const refused = outcomes.slice(5).map(outcome => expect(outcome).rejects.toMatchObject({ code: 'RCS_OVERLOADED' }));
    await Promise.all(refused);
    holder.close();
    const records = await Promise.all([first, ...outcomes.slice(0, 5)]);
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('does not write on into a file that was moved away', async () => {
    const store = await directory.open();
    await store.audit.append(playback);
    const file = join(directory.path, auditDatabaseName);
    renameSync(file, `${file}.moved`);
    const lost = { code: 'RCS_AUDIT_UNAVAILABLE', message: expect.stringMatching(/moved|unable to open/) as string };
    await expect(store.audit.append(playback)).rejects.toMatchObject(lost);
    await expect(store.audit.append(playback)).rejects.toMatchObject(lost);
    renameSync(`${file}.moved`, file);
    expect((await store.audit.append(playback)).sequence).toBe(2);
    expect((await store.audit.verify()).problems).toEqual([]);
  });

  it('answers reads after close with an error', async () => {
    const store = await directory.open();
    await store.close();
    await expect(store.recordings.find('any')).rejects.toMatchObject({ code: 'RCS_STORE_UNAVAILABLE' });
    await expect(store.users.remove({ name: 'any' })).rejects.toMatchObject({ code: 'RCS_SHUTTING_DOWN' });
    await expect(store.audit.verify()).rejects.toMatchObject({ code: 'RCS_AUDIT_UNAVAILABLE' });
  });
});
