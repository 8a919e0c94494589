import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { exampleRecording } from '../../testing/example-recording.js';
import { SqliteTestDirectory } from '../../testing/sqlite-test-directory.js';
import { documentDatabaseName } from '../open-sqlite-store.js';
import type { ContactCenterWrites } from '../sqlite-contact-center-store.js';
import { DatabaseWriter } from './database-writer.js';
import type { RecordingWrites } from './recording-writes.js';
import type { Probe } from './write-operation.js';

type Writes = Probe & RecordingWrites & ContactCenterWrites;

describe(DatabaseWriter.name, () => {
  const directory = new SqliteTestDirectory();
  let file: string;
  let writer: DatabaseWriter<Writes>;

  beforeEach(async () => {
    await (await directory.open()).close();
    file = join(directory.path, documentDatabaseName);
  });
  afterEach(() => writer.close());

  function start(options: { deadlineMs: number; busyTimeoutMs: number; threadIdleMs?: number }): void {
    const { busyTimeoutMs, ...rest } = options;
    const thread = { file, busyTimeoutMs };
    writer = new DatabaseWriter({
      ...rest,
      thread,
      queueLimit: 100,
      what: 'it',
      unavailable: 'RCS_STORE_UNAVAILABLE',
    });
  }

  it('keeps the deadline when the thread itself hangs', async () => {
    start({ deadlineMs: 100, busyTimeoutMs: 600_000 });
    await writer.write('probe', null).catch(() => undefined);
    const holder = new Database(file);
    holder.exec('BEGIN IMMEDIATE');
    await expect(writer.write('probe', null)).rejects.toMatchObject({
      code: 'RCS_STORE_UNAVAILABLE',
      message: expect.stringContaining('no answer within 100 ms') as string,
    });
    holder.close();
  });

  it('lets one refused value alone fail', async () => {
    start({ deadlineMs: 10_000, busyTimeoutMs: 1000 });
    const nameless = { id: null as unknown as string, name: 'x' };
    const outcomes = await Promise.allSettled([
      writer.write('insertRecording', { recording: exampleRecording }),
      writer.write('putContactCenter', nameless),
      writer.write('putContactCenter', { id: 'a', name: 'Support' }),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: 'created' },
      { status: 'rejected', reason: { code: 'RCS_INTERNAL' } },
      { status: 'fulfilled' },
    ]);
  });

  it('starts another thread when one dies', async () => {
    start({ deadlineMs: 10_000, busyTimeoutMs: 1000 });
    await writer.write('probe', null);
    const write = writer.write('probe', null);
    await Promise.resolve();
    await (Reflect.get(writer, 'thread') as Worker).terminate();
    await Promise.allSettled([write]);
    for (;;) {
      const outcome = await writer.write('probe', null).catch((error: unknown) => error);
      if (outcome === null) break;
      expect(outcome).toMatchObject({ code: 'RCS_STORE_UNAVAILABLE' });
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  });

  it('ends a thread that has nothing to write, and writes through another one', async () => {
    start({ deadlineMs: 10_000, busyTimeoutMs: 1000, threadIdleMs: 1 });
    const thread = (): Worker | undefined => Reflect.get(writer, 'thread') as Worker | undefined;
    const threads = new Set<Worker>();
    for (let round = 0; round < 3; round++) {
      const write = writer.write('putContactCenter', { id: `a${round}`, name: 'Support' });
      await Promise.resolve();
      const used = thread();
      if (used === undefined) throw new Error('nothing writes');
      threads.add(used);
      const ended = new Promise(resolve => used.once('exit', resolve));
      expect(await write).not.toBeInstanceOf(Error);
      await ended;
      expect(thread()).toBeUndefined();
    }
    expect(threads.size).toBe(3);
  });

  it('writes all that comes while threads end', async () => {
    start({ deadlineMs: 10_000, busyTimeoutMs: 1000, threadIdleMs: 0 });
    for (let round = 0; round < 20; round++) {
      await writer.write('putContactCenter', { id: `b${round}`, name: 'Support' });
      await new Promise(resolve => setTimeout(resolve, round % 3));
    }
    const database = new Database(file, { readonly: true });
    expect(database.prepare('SELECT count(*) AS count FROM contact_center').get()).toEqual({ count: 20 });
    database.close();
  });
});
