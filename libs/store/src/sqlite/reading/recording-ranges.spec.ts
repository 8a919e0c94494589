import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SqliteTestDirectory } from '../../testing/sqlite-test-directory.js';
import { rangesOf, within } from './recording-ranges.js';

const contactCenter = 'cc-1';

describe(rangesOf.name, () => {
  const directory = new SqliteTestDirectory();

  /** Recordings of one certificate, of which every tenth is for another one as well, and one has no name. */
  async function storeWith(recordings: number) {
    const store = await directory.open();
    const database = new Database(join(directory.path, 'store.sqlite'));
    database.exec('BEGIN');
    const insert = database.prepare(
      `INSERT INTO recording (id, contact_center, region, document) VALUES (?, '${contactCenter}', 'r', '{"mediaFiles":[]}')`,
    );
    const address = database.prepare(`INSERT INTO media_recipient VALUES ('${contactCenter}', ?, ?, ?)`);
    for (let number = 0; number < recordings; number++) {
      const id = number === 0 ? '' : `é${(number * 7919) % recordings}`;
      insert.run(id);
      for (const media of ['one', 'two']) {
        address.run(number % 3 === 0 ? 'alias:own' : 'issued:own', id, media);
        if (number % 10 === 0) address.run('issued:other', id, media);
      }
    }
    database.exec('COMMIT');
    return { store, database };
  }

  it('has each recording in one of its stretches, whole', async () => {
    const { database } = await storeWith(2300);
    const own = ['alias:own', 'issued:own', 'nobody'];
    const rows = (condition: string): string =>
      `SELECT recording_id, media_id FROM media_recipient
       WHERE recipient IN ('alias:own', 'issued:own') AND ${condition}`;
    let [ranges, seen] = [0, 0];
    for await (const range of rangesOf(database, contactCenter, own)) {
      const { condition, bound } = within(range);
      seen += database.prepare(rows(condition)).all(...bound).length;
      ranges += 1;
    }
    expect([ranges, seen]).toEqual([4, 4600]);
    for await (const range of rangesOf(database, contactCenter, [])) expect(range).toEqual({});
    database.close();
  });

  it('counts of long lists what one statement does, while others have their turn', async () => {
    const { store, database } = await storeWith(2300);
    const recipients = ['alias:own', 'issued:own'];
    const question = { contactCenter, alias: 'own', recipients, otherRecipients: ['issued:other'] };
    let turns = 0;
    const count = setInterval(() => (turns += 1), 0);
    expect((await store.certificates.use(question)).recordings).toBe(2300 - 230);
    expect((await store.certificates.use({ ...question, otherRecipients: [] })).recordings).toBe(2300);
    expect(await store.rewraps.countMediaFiles(contactCenter, recipients)).toBe(4600);
    clearInterval(count);
    expect(turns).toBeGreaterThan(0);
    expect(await store.rewraps.countRecordings(contactCenter, [recipients, ['issued:other']])).toEqual([2300, 230]);
    database.close();
  });

  it('counts long lists of what is missing as one statement does', async () => {
    const { store, database } = await storeWith(2300);
    database.exec(`
      INSERT INTO unindexed_media
        SELECT recording.id, media.value, contact_center, iif(recording.rowid % 3 = 0, 'content-tree', iif(recording.rowid % 100 = 1, 'given-up', 'inspection')),
          recording.rowid % 7 = 0, 0, NULL
        FROM recording, json_each('["one", "two"]') AS media;
      UPDATE media_file_count SET media_files = 4600`);
    const one = (condition: string): unknown =>
      database.prepare(`SELECT COUNT(*) FROM unindexed_media WHERE ${condition}`).pluck().get();
    const status = {
      contactCenter,
      mediaFiles: 4600,
      notInspected: one(`missing = 'inspection'`),
      withoutContentTree: one(`missing = 'content-tree'`),
      failing: one(`missing <> 'given-up' AND attempts > 0`),
      givenUp: one(`missing = 'given-up'`),
    };
    expect(await store.mediaIndex.status()).toEqual([status]);
    expect(await store.mediaIndex.status(contactCenter)).toEqual([status]);
    expect(await store.mediaIndex.status('another')).toEqual([]);
    expect(2 * (await store.mediaIndex.countUnknown(contactCenter))).toBe(status.notInspected);
    const question = { contactCenter, alias: 'own', recipients: ['issued:own'], otherRecipients: [] };
    expect(2 * (await store.certificates.use(question)).unknown).toBe(status.notInspected);
    database.close();
  });

  it('counts what is to be handed over, and lists what is to be removed, while others have their turn', async () => {
    const { store, database } = await storeWith(2300);
    database.exec(`
      INSERT INTO hand_over SELECT recording.id, receiver.value, contact_center, iif(recording.rowid % 3 = 0, 'given-up', 'waiting'), 0, 0, NULL
        FROM recording, json_each('["one", "two"]') AS receiver;
      INSERT INTO removed_media SELECT recording.id, media.value, iif(recording.rowid % 2 = 0, 'cc-1', 'cc-2'), NULL, '{}',
          recording.rowid % 17, 0, NULL FROM recording, json_each('["one", "two"]') AS media`);
    const prepared = jest.spyOn(Database.prototype, 'prepare');
    let turns = 0;
    const count = setInterval(() => (turns += 1), 0);
    expect(await store.handOvers.counts()).toEqual({ waiting: 4600 - 2 * 766, givenUp: 2 * 766 });
    for (const [center, limit] of [
      [undefined, 300],
      ['cc-2', 40],
      ['cc-3', 10],
    ] as const) {
      const first = database
        .prepare<unknown[], { recording_id: string; media_id: string }>(
          `SELECT recording_id, media_id FROM removed_media WHERE contact_center = ifnull(?, contact_center)
           ORDER BY attempts DESC, recording_id, media_id LIMIT ?`,
        )
        .all(center ?? null, limit);
      const found = await store.removals.pendingMedia(center, limit);
      expect(found.map(({ recordingId, mediaId }) => [recordingId, mediaId])).toEqual(
        first.map(({ recording_id, media_id }) => [recording_id, media_id]),
      );
    }
    clearInterval(count);
    expect(turns).toBeGreaterThan(0);
    const texts = prepared.mock.calls.map(([text]) => text);
    // Five stretches of some thousand rows each.
    expect(texts.filter(text => text.includes('FROM hand_over WHERE') && text.includes('count(*)'))).toHaveLength(5);
    prepared.mockRestore();
    database.close();
  });

  it('counts one moment, whatever is written meanwhile', async () => {
    const { store, database } = await storeWith(2300);
    const recipients = ['alias:own', 'issued:own'];
    const counting = store.certificates.use({ contactCenter, alias: 'own', recipients, otherRecipients: [] });
    await new Promise(resolve => setImmediate(resolve));
    database.prepare('DELETE FROM media_recipient').run();
    expect((await counting).recordings).toBe(2300);
    expect(await store.rewraps.countRecordings(contactCenter, [recipients])).toEqual([0]);
    database.close();
  });
});
