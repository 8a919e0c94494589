import { join } from 'node:path';
import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import { superuser } from '#test/postgresql/postgresql-server.js';
import type { StoreConfiguration } from '#platform';
import type { ArchiveJob } from '../archive-jobs/archive-job.js';
import type { Store } from '../store.js';
import { collect } from '../testing/collect.js';
import { exampleMediaFile, exampleRecording } from '../testing/example-recording.js';
import { contactCenters, groupsOfRecipients, numbersFrom, runRecipientHistory } from '../testing/recipient-history.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';
import { openConnection } from '../sqlite/database-connection.js';
import { auditDatabaseName, documentDatabaseName } from '../sqlite/open-sqlite-store.js';
import { auditTables, documentTables } from './copied-tables.js';
import { copySqliteStore } from './copy-sqlite-store.js';

const { id, contactCenter } = exampleRecording;
const { mediaId } = exampleMediaFile;
const person = { enabled: true, roles: [], privileges: [], accessGroups: [], partitions: [] };
const at = '2026-11-21T08:00:00.000Z';

/** Made again from what is copied, or of a process that runs. */
const leftOut = new Set([
  'recording_search',
  'recording_owner',
  'background_lease',
  'custody_count',
  'certificate_list',
  'recipient_count',
  'recipient_set_count',
  'many_recipients',
  'need_count',
  'changed_need',
  // Made again when somebody asks.
  'media_peaks',
  'audit_exported',
  'audit_exporter',
  'rcs_schema',
  'schema_compatibility',
  'sqlite_sequence',
  // Of versions that had no index of media files; empty since.
  'unindexed_recording',
]);

/** Recordings that the random history of before the copy leaves. */
const ofHistory = 14;

const archiveJob = (asked: Pick<ArchiveJob, 'destination' | 'limits' | 'request' | 'createdBy'>): ArchiveJob => ({
  ...asked,
  id: 'job',
  contactCenter,
  state: 'paused',
  name: 'archive',
  createdAt: at,
  updatedAt: at,
  counts: { parts: 0, recordings: 0, mediaFiles: 0, bytes: 0, leftOut: 0 },
  leftOut: [],
  attempts: 0,
});

/** Some of everything, with characters that one of the databases has no texts for, and accounts of one name. */
async function fill(store: Store): Promise<void> {
  await store.contactCenters.put({ id: contactCenter, name: 'Sales \0 €' });
  for (let number = 0; number < 30; number++) {
    await store.recordings.insert({
      ...exampleRecording,
      id: `r${number}`,
      startTime: `2026-03-0${(number % 9) + 1}T10:00:00Z`,
    });
  }
  const pin = { layout: 'attached', envelopeDigest: 'aa', contentRoot: 'cc' } as const;
  const findings = [{ mediaId, pin, leaves: Buffer.from([0, 1, 255]), recipients: ['somebody'] }];
  await store.recordings.insert(exampleRecording, { findings, locations: [{ mediaId, location: '0:/a/b' }] });
  await store.users.put({ ...person, name: 'anthony', source: 'openid', contactCenter });
  await store.users.put({ ...person, name: 'anthony' });
  await store.users.put({ ...person, name: 'bob', contactCenter });
  await store.labels.define({ contactCenter, name: 'complaint', displayName: 'x', description: '' });
  await store.labels.put(id, { name: 'complaint', user: 'anthony', time: at });
  await store.deletionProtection.apply(id, { user: 'anthony', time: at });
  await store.sharedSecrets.agree('sessions', 'secret');
  await store.custody.keep(contactCenter, [{ recordingId: id, mediaId, outcome: 'opens', provedAt: 1 }]);
  const archive = {
    destination: { storage: 'webDAV', path: 'archives' },
    limits: { recordings: 1, bytes: 1 },
    request: { reason: 'kept \0 €' },
  };
  const asked = { user: 'anthony', address: '127.0.0.1', requestId: 'request' };
  await store.archiveJobs.create(archiveJob({ ...archive, createdBy: asked }), 1);
  const schedule = { version: 'v', at: '02:00', setBy: asked, setAt: at, lastDay: '2026-11-20' };
  await store.archiveJobs.putSchedule({ ...archive, ...schedule, contactCenter });
  const kept = { id: 'kept', contactCenter, begunAt: at, requestedBy: 'anthony', reason: 'kept \0 €' };
  const needs = [{ recipients: ['key:b', 'key:a'], mediaFiles: 3 }];
  await store.keptArchives.begin(kept, { needs, at, now: 0, holdUntil: Date.now() + 3_600_000 });
  await store.endedSessions.add('session', Date.now() + 60_000);
  for (let number = 0; number < 600; number++) {
    await store.audit.append({ event: 'playback', outcome: 'allowed', user: 'anthony', recording: `r${number % 30}` });
  }
}

async function pictureOf(store: Store): Promise<object> {
  const { problems, records, writers } = await store.audit.verify();
  return {
    recordings: await Promise.all(Array.from({ length: 30 }, (_, number) => store.recordings.find(`r${number}`))),
    pins: [await store.recordings.findPin(id, mediaId), await store.recordings.findLeaves(id, mediaId)],
    users: [await store.users.list(), await store.users.named('anthony')],
    contactCenters: await store.contactCenters.list(),
    labels: [await store.labels.definitions(contactCenter), await store.labels.of([id])],
    protection: await store.deletionProtection.of([id]),
    secret: await store.sharedSecrets.agree('sessions', 'another'),
    custody: await store.custody.summaries(),
    archives: [await store.archiveJobs.list(contactCenter, 9), await store.archiveJobs.schedules()],
    kept: [await store.keptArchives.list({ contactCenter, limit: 9 }), await store.keptArchives.needs(contactCenter)],
    ended: await store.endedSessions.has('session'),
    status: await store.mediaIndex.status(),
    counted: await Promise.all(
      contactCenters.map(center => store.rewraps.countRecordings(center, groupsOfRecipients(numbersFrom(1)))),
    ),
    audit: { problems, records, writers, all: await collect(store.audit.query({})) },
  };
}

describe(copySqliteStore.name, () => {
  const directory = new SqliteTestDirectory();
  const database = new PostgresqlTestDatabase();
  const settings = (): StoreConfiguration =>
    ({
      kind: 'postgresql',
      directory: '/nowhere',
      postgresql: {
        hosts: [`127.0.0.1:${database.server.port}`],
        database: database.name,
        userName: superuser.user,
        password: superuser.password,
        enableSsl: false,
        maxConnections: 5,
        connectTimeoutMs: 20_000,
        operationTimeoutMs: 60_000,
      },
    }) as unknown as StoreConfiguration;

  it('brings everything over, so that gateways go on where they were', async () => {
    const source = await directory.open();
    await fill(source);
    await runRecipientHistory(source, 1, 60);
    const before = await pictureOf(source);
    await source.close();
    const copied = await copySqliteStore(directory.path, settings());
    expect(Object.fromEntries(copied.map(({ table, rows }) => [table, rows]))).toMatchObject({
      recording: 31 + ofHistory,
      user_account: 3,
      audit_record: 601,
      audit_chain: 1,
    });
    const target = await database.open();
    expect(await pictureOf(target)).toEqual(before);

    // Searches find what was copied once it is in the index; users and chains are continued.
    expect(await target.recordingSearch.indexMissing(100)).toBe(31 + ofHistory);
    const added = await target.users.put({ ...person, name: 'carol' });
    expect(added.version).toBeGreaterThan(3);
    await target.audit.append({ event: 'playback', outcome: 'allowed' });
    expect(await target.audit.verify()).toMatchObject({ problems: [], records: 602, writers: 1 });
  });

  it('adds to no store that is not empty, and leaves it as it was', async () => {
    const target = await database.open();
    await target.contactCenters.put({ id: 'there', name: 'there' });
    await fill(await directory.open());
    await expect(copySqliteStore(directory.path, settings())).rejects.toThrow(
      /not empty.*contact_center.*new database/,
    );
    expect(await target.contactCenters.list()).toHaveLength(1);
    expect(await target.recordings.find(id)).toBeUndefined();
  });

  it('keeps nothing of a copy that broke off', async () => {
    await fill(await directory.open());
    const target = await database.open();
    await database.server.execute(
      `CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
       CREATE TRIGGER broken BEFORE INSERT ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION broken();
       CREATE TRIGGER broken BEFORE INSERT ON audit_chain FOR EACH STATEMENT EXECUTE FUNCTION broken()`,
      database.name,
    );
    await expect(copySqliteStore(directory.path, settings())).rejects.toThrow('no');
    expect(await target.recordings.find(id)).toBeUndefined();
    expect(await target.users.list()).toEqual([]);
  });

  it('finds what came over differently', async () => {
    await fill(await directory.open());
    await database.open();
    await database.server.execute(
      `CREATE FUNCTION forged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.document := '{}'; RETURN NEW; END $$;
       CREATE TRIGGER forged BEFORE INSERT ON recording FOR EACH ROW EXECUTE FUNCTION forged()`,
      database.name,
    );
    await expect(copySqliteStore(directory.path, settings())).rejects.toThrow(/recording is not the same.*31 rows/);
  });

  it('knows every table of both', async () => {
    await (await directory.open()).close();
    await database.open();
    const copied = new Set([...documentTables, ...auditTables].map(({ table }) => table));
    const isPlaced = (name: string): boolean => copied.has(name) || leftOut.has(name) || /^audit_record_/.test(name);
    const sqlite = [documentDatabaseName, auditDatabaseName].flatMap(file => {
      const opened = openConnection(join(directory.path, file), { busyTimeoutMs: 1000 });
      const names = opened.prepare<[], string>(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all();
      opened.close();
      return names;
    });
    const tables = `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`;
    const postgresql = (await database.server.execute(tables, database.name)).map(({ tablename }) => String(tablename));
    expect(postgresql.length).toBeGreaterThan(25);
    expect([...sqlite, ...postgresql].filter(name => !isPlaced(name))).toEqual([]);
  });

  it('says where there is no store', async () => {
    await expect(copySqliteStore('/nowhere', settings())).rejects.toThrow(/\/nowhere.*no store\.sqlite/);
  });
});
