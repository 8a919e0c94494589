import { join } from 'node:path';
import Database from 'better-sqlite3';
import { numbersFrom, runRecipientHistory } from '../testing/recipient-history.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import { documents } from '../store.js';
import { backupSqliteStore } from './backup-sqlite-store.js';
import { documentSchema } from './document-schema.js';
import { migrateSchema } from './schema-migration.js';
import { migrationsOf } from './stored-thing.js';

const version = 24;
const schema = migrationsOf(documents, documentSchema).filter(step => step.version <= version);

interface Counts {
  readonly recipients: readonly unknown[];
  readonly sets: readonly unknown[];
  readonly many: readonly unknown[];
}

const kept = (database: Database.Database): Counts => ({
  recipients: database.prepare('SELECT * FROM recipient_count ORDER BY 1, 2').all(),
  sets: database.prepare('SELECT * FROM recipient_set_count ORDER BY 1, 2').all(),
  many: database.prepare('SELECT * FROM many_recipients ORDER BY 1, 2').all(),
});

/** From the rows, by other words than those of the migration. */
function anew(database: Database.Database): Counts {
  const rows = database
    .prepare<[], Row>('SELECT DISTINCT contact_center, recipient, recording_id FROM media_recipient ORDER BY 1, 3, 2')
    .all();
  const recordings = Map.groupBy(rows, ({ contact_center, recording_id }) => `${contact_center} ${recording_id}`);
  const sets = [...recordings.values()].map(own => ({ ...own[0]!, names: own.map(({ recipient }) => recipient) }));
  const several = sets.filter(({ names }) => names.length > 1 && names.length <= 8);
  return {
    recipients: grouped(rows.map(({ contact_center, recipient }) => ({ contact_center, recipient }))),
    sets: grouped(several.map(({ contact_center, names }) => ({ contact_center, recipients: JSON.stringify(names) }))),
    many: sets
      .filter(({ names }) => names.length > 8)
      .map(({ contact_center, recording_id }) => ({ contact_center, recording_id })),
  };
}

interface Row {
  readonly contact_center: string;
  readonly recipient: string;
  readonly recording_id: string;
}

/** Each once, in order, with how often it is there. */
function grouped(rows: readonly Record<string, string>[]): unknown[] {
  const byKey = Map.groupBy(rows, row => Object.values(row).join(' '));
  return [...byKey]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, same]) => ({ ...same[0], recordings: same.length }));
}

describe('counts of the recipients of recordings', () => {
  const directory = new SqliteTestDirectory();
  const opened = (): Database.Database => {
    const database = new Database(join(directory.path, 'store.sqlite'));
    database.pragma('foreign_keys = ON');
    return database;
  };

  it.each([11, 12, 13, 14, 15, 16])('are kept beside the rows through a history (%i)', async seed => {
    const store = await directory.open();
    for (const acts of [5, 20, 40, 60]) {
      await runRecipientHistory(store, seed * 100 + acts, acts);
      const database = opened();
      expect(kept(database)).toEqual(anew(database));
      database.close();
    }
  });

  it.each([71, 72])('are kept while two gateways do the same to the same recordings (%i)', async seed => {
    const gateways = [await directory.open(), await directory.open({ auditWriter: 'gateway-2' })];
    const histories = gateways.flatMap((store, gateway) =>
      [1, 2].map(number => runRecipientHistory(store, seed * 100 + gateway * 10 + number, 60, 'shared')),
    );
    await Promise.all(histories);
    const database = opened();
    expect(kept(database)).toEqual(anew(database));
    database.close();
  });

  it('are made by the migration of what is there, and kept when code of before writes rows as it did', async () => {
    const store = await directory.open();
    await runRecipientHistory(store, 21, 120);
    await store.close();
    const database = opened();
    const before = kept(database);
    expect([before.recipients, before.sets, before.many].map(({ length }) => length > 2)).toEqual([true, true, true]);
    for (const name of names(database, 'trigger', 'recipient')) database.exec(`DROP TRIGGER ${name}`);
    for (const table of ['recipient_count', 'recipient_set_count', 'many_recipients'])
      database.exec(`DROP TABLE ${table}`);
    database.pragma(`user_version = ${version - 1}`);
    database.exec('DELETE FROM legal_hold');
    migrateSchema(database, schema);
    expect(kept(database)).toEqual(before);

    const below = numbersFrom(22);
    const ids = database.prepare<[], string>('SELECT id FROM recording ORDER BY id').pluck().all();
    const center = database.prepare<[string], string>('SELECT contact_center FROM recording WHERE id = ?').pluck();
    const insert = database.prepare('INSERT INTO media_recipient VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
    for (let act = 0; act < 200; act++) {
      const [id, media] = [ids[below(ids.length)]!, `media-${below(3)}`];
      const contactCenter = center.get(id);
      if (contactCenter === undefined) continue;
      if (below(20) === 0) {
        database.prepare('DELETE FROM recording WHERE id = ?').run(id);
        continue;
      }
      database.prepare('DELETE FROM media_recipient WHERE recording_id = ? AND media_id = ?').run(id, media);
      for (let count = below(6); count > 0; count--) insert.run(contactCenter, `issued:${below(12)}`, id, media);
    }
    expect(kept(database)).toEqual(anew(database));
    database.prepare('DELETE FROM recording').run();
    expect(kept(database)).toEqual({ recipients: [], sets: [], many: [] });
    database.close();
  });

  it('are those of the moment of a backup, whatever became of the store since', async () => {
    const store = await directory.open();
    await runRecipientHistory(store, 26, 80);
    const [database, target] = [opened(), join(directory.path, 'backup')];
    const before = kept(database);
    await backupSqliteStore(directory.path, target);
    await runRecipientHistory(store, 27, 80);
    expect(kept(database)).not.toEqual(before);
    database.close();
    const restored = new Database(join(target, 'store.sqlite'));
    expect(kept(restored)).toEqual(before);
    expect(kept(restored)).toEqual(anew(restored));
    restored.close();
  });

  it('are those of before when a transaction is rolled back', async () => {
    await runRecipientHistory(await directory.open(), 31, 60);
    const database = opened();
    const before = kept(database);
    database.exec('BEGIN; DELETE FROM recording; ROLLBACK');
    expect(kept(database)).toEqual(before);
    database.close();
  });
});

const names = (database: Database.Database, type: string, begin: string): string[] =>
  database
    .prepare<[string, string], string>('SELECT name FROM sqlite_master WHERE type = ? AND name GLOB ?')
    .pluck()
    .all(type, `${begin}*`);
