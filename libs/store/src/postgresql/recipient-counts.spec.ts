import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { superuser } from '#test/postgresql/postgresql-server.js';
import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import { waitFor } from '#test/waiting/wait-for.js';
import {
  contactCenters,
  countedAnew,
  groupsOfRecipients,
  knownRecipients,
  numbersFrom,
  runRecipientHistory,
} from '../testing/recipient-history.js';
import { exampleMediaFile, exampleRecording } from '../testing/example-recording.js';
import type { Store } from '../store.js';
import { checkDatabase } from './check-postgresql.js';
import { migrateSchema, migrations } from './migrate-schema.js';
import { recountInPostgresql } from './recount-in-postgresql.js';

/** Of the step that made them. */
const firstVersion = 16;

/** As it was before there were counts. */
const forgetCounts = `
  DROP TRIGGER recipients_added ON media_recipient; DROP TRIGGER recipients_removed ON media_recipient;
  DROP FUNCTION rcs_recipients_added; DROP FUNCTION rcs_recipients_removed; DROP FUNCTION rcs_count_slot;
  DROP TABLE recipient_count; DROP TABLE recipient_set_count; DROP TABLE many_recipients;
  DROP INDEX rewrap_job_unfinished; DROP INDEX unindexed_media_failing;
  UPDATE rcs_schema SET version = ${firstVersion - 1}`;

/** The rows of both sides of an equation: what is kept, and what the rows of media files say. */
const equations: readonly (readonly [kept: string, anew: string])[] = [
  [
    `SELECT contact_center, recipient, SUM(recordings)::int AS n FROM recipient_count GROUP BY 1, 2 HAVING SUM(recordings) <> 0`,
    `SELECT contact_center, recipient, COUNT(DISTINCT recording_id)::int AS n FROM media_recipient GROUP BY 1, 2`,
  ],
  [
    `SELECT contact_center, recipients, SUM(recordings)::int AS n FROM recipient_set_count GROUP BY 1, 2
     HAVING SUM(recordings) <> 0`,
    `SELECT contact_center, recipients, COUNT(*)::int AS n FROM (
       SELECT contact_center, recording_id, array_agg(DISTINCT recipient) AS recipients FROM media_recipient GROUP BY 1, 2) AS r
     WHERE cardinality(recipients) BETWEEN 2 AND 8 GROUP BY 1, 2`,
  ],
  [
    'SELECT contact_center, recording_id FROM many_recipients',
    'SELECT contact_center, recording_id FROM media_recipient GROUP BY 1, 2 HAVING COUNT(DISTINCT recipient) > 8',
  ],
];

describe('counts of the recipients of recordings', () => {
  const database = new PostgresqlTestDatabase();
  const execute = (text: string) => database.server.execute(text, database.name);

  async function expectEqual(): Promise<void> {
    for (const [kept, anew] of equations) {
      const rows = await execute(`${anew} ORDER BY 1, 2`);
      expect(await execute(`${kept} ORDER BY 1, 2`)).toEqual(rows);
      expect(rows.length).toBeGreaterThan(0);
    }
  }

  async function expectCounted(store: Store, seed: number): Promise<void> {
    for (const center of contactCenters) {
      const groups = groupsOfRecipients(numbersFrom(seed));
      const anew = await countedAnew(store, center, groups);
      expect(await store.rewraps.countRecordings(center, groups)).toEqual(anew);
      // So many that all are read.
      const strangers = Array.from({ length: 6000 }, (_, number) => [`stranger:${number}`]);
      const counted = await store.rewraps.countRecordings(center, [...groups, ...strangers]);
      expect(counted).toEqual([...anew, ...strangers.map(() => 0)]);
    }
  }

  it.each(['read committed', 'repeatable read', 'serializable'])(
    'are kept while many change the same recordings at once, where transactions are %s unless they say it',
    async isolation => {
      await execute(`ALTER DATABASE ${database.name} SET default_transaction_isolation TO '${isolation}'`);
      const store = await database.open({ maxConnections: 24 });
      const ids = ['one', 'two', 'three', 'four', 'five'];
      const mediaFiles = [0, 1, 2].map(number => ({ ...exampleMediaFile, mediaId: `media-${number}` }));
      for (const id of ids)
        await store.recordings.insert({ ...exampleRecording, id, contactCenter: 'cc-1', mediaFiles });
      const below = numbersFrom(41);
      const pin = { layout: 'attached', envelopeDigest: 'aa' } as const;
      const someone = () => knownRecipients.slice(0, 1 + below(11)).filter(() => below(3) > 0);
      const pins = Array.from({ length: 400 }, () => {
        const finding = { mediaId: `media-${below(3)}`, pin, recipients: someone() };
        return store.recordings.pin(ids[below(ids.length)] ?? 'one', finding);
      });
      const histories = [42, 43, 44, 45, 46, 47].map(seed => runRecipientHistory(store, seed, 60));
      await Promise.all([...pins, ...histories]);
      await expectEqual();
      await expectCounted(store, 48);
    },
  );

  it.each([71, 72, 73])('are kept while two gateways do the same to the same recordings (%i)', async seed => {
    const gateways = [await database.open(), await database.open({ maxConnections: 24 })];
    const histories = gateways.flatMap((store, gateway) =>
      [1, 2].map(number => runRecipientHistory(store, seed * 100 + gateway * 10 + number, 80, 'shared')),
    );
    await Promise.all(histories);
    await expectEqual();
    for (const store of gateways) await expectCounted(store, seed);
  });

  it('are kept of recipients with the longest names that metadata may have', async () => {
    const store = await database.open();
    const recipients = Array.from({ length: 8 }, () => `alias:${randomBytes(512).toString('hex')}`);
    const mediaFiles = [{ ...exampleMediaFile, mediaId: 'media-0', recipients }];
    for (const id of ['one', 'two']) await store.recordings.insert({ ...exampleRecording, id, mediaFiles });
    const { contactCenter } = exampleRecording;
    expect(await store.rewraps.countRecordings(contactCenter, [recipients])).toEqual([2]);
  });

  it('are those of what a gateway of before writes while they are made', async () => {
    const store = await database.open();
    await runRecipientHistory(store, 55, 150);
    await execute(forgetCounts);
    const earlier = new Client({
      ...superuser,
      host: '127.0.0.1',
      port: database.server.port,
      database: database.name,
    });
    await earlier.connect();
    await earlier.query('BEGIN');
    await earlier.query(`
      INSERT INTO media_recipient (contact_center, recipient, recording_id, media_id)
        SELECT contact_center, 'issued:late', id, 'media-0' FROM recording ON CONFLICT DO NOTHING`);
    const migrated = migrateSchema(database.options(), { host: '127.0.0.1', port: database.server.port }, migrations);
    const waits = `SELECT FROM pg_locks WHERE NOT granted AND relation = 'media_recipient'::regclass`;
    await waitFor('the migration to wait', async () => (await execute(waits)).length > 0);
    await earlier.query('COMMIT');
    await migrated;
    await earlier.end();
    await expectEqual();
  });

  it('are not made anew where no gateway of this version made them, which is said', async () => {
    await database.open();
    await execute(forgetCounts);
    await expect(recountInPostgresql(database.options())).rejects.toThrow('run rcsctl store migrate');
  });

  it('are made by the migration of what is there, and kept by statements over many recordings', async () => {
    const store = await database.open();
    await runRecipientHistory(store, 51, 150);
    await execute(forgetCounts);
    await runRecipientHistory(store, 52, 100);
    await migrateSchema(database.options(), { host: '127.0.0.1', port: database.server.port }, migrations);
    await expectEqual();
    await expectCounted(store, 53);
    await execute(`DELETE FROM media_recipient WHERE media_id = 'media-1'`);
    await execute(`
      INSERT INTO media_recipient (contact_center, recipient, recording_id, media_id)
        SELECT contact_center, 'issued:' || number, id, 'media-2' FROM recording, generate_series(3, 7) AS number
      ON CONFLICT DO NOTHING`);
    await expectEqual();
  });

  it('are made anew where they are as the step made them at first', async () => {
    const store = await database.open();
    await runRecipientHistory(store, 57, 150);
    await execute(forgetCounts);
    await execute(readFileSync(join(__dirname, '../testing/former-recipient-counts.sql'), 'utf8'));
    await execute(`UPDATE rcs_schema SET version = ${firstVersion}`);
    await migrateSchema(database.options(), { host: '127.0.0.1', port: database.server.port }, migrations);
    await expectEqual();
    await runRecipientHistory(store, 56, 50);
    await expectEqual();
    expect(await execute(`SELECT to_regprocedure('rcs_count_slot(text)') IS NOT NULL AS there`)).toEqual([
      { there: true },
    ]);
  });

  it('are one row of a recipient whom nobody else writes at the same time', async () => {
    const store = await database.open();
    for (let number = 0; number < 12; number++) {
      const id = `recording-${number}`;
      await store.recordings.insert({ ...exampleRecording, id, mediaFiles: [] });
      // Each on a connection of its own.
      await execute(`
        INSERT INTO media_recipient (contact_center, recipient, recording_id, media_id)
          SELECT contact_center, recipient, id, 'media-0' FROM recording,
            unnest(ARRAY['issued:one'${number % 2 === 0 ? '' : `, 'issued:two'`}]) AS recipient WHERE id = '${id}'`);
    }
    const rows = 'SELECT recordings::int AS n FROM';
    expect(await execute(`${rows} recipient_count ORDER BY recipient`)).toEqual([{ n: 12 }, { n: 6 }]);
    expect(await execute(`${rows} recipient_set_count`)).toEqual([{ n: 6 }]);
  });

  it('need no right of whoever writes the rows', async () => {
    const role = `earlier_${database.name}`;
    await runRecipientHistory(await database.open(), 61, 100);
    await execute(`CREATE ROLE ${role}; GRANT SELECT, INSERT, DELETE ON media_recipient TO ${role}`);
    await execute(`SET ROLE ${role}; DELETE FROM media_recipient WHERE media_id = 'media-0'`);
    await expectEqual();
  });

  it('are found wrong by the check, and made again while gateways write', async () => {
    const store = await database.open();
    await runRecipientHistory(store, 81, 150);
    const counts = async () => (await checkDatabase(database.options())).find(({ check }) => check === 'counts');
    expect(await counts()).toMatchObject({ verdict: 'good' });
    await execute(`
      ALTER TABLE media_recipient DISABLE TRIGGER recipients_added; ALTER TABLE media_recipient DISABLE TRIGGER recipients_removed;
      DELETE FROM media_recipient WHERE media_id = 'media-0';
      INSERT INTO media_recipient (contact_center, recipient, recording_id, media_id)
        SELECT contact_center, 'issued:' || number, id, 'media-2' FROM recording, generate_series(3, 7) AS number
      ON CONFLICT DO NOTHING;
      ALTER TABLE media_recipient ENABLE TRIGGER recipients_added; ALTER TABLE media_recipient ENABLE TRIGGER recipients_removed`);
    expect(await counts()).toMatchObject({
      verdict: 'bad',
      found: expect.stringMatching(/^counts that are not those of the rows: \d\d+$/) as string,
      advice: 'run rcsctl store recount',
    });
    await Promise.all([runRecipientHistory(store, 82, 60), recountInPostgresql(database.options())]);
    expect(await counts()).toMatchObject({ verdict: 'good' });
    await expectEqual();
  });
});
