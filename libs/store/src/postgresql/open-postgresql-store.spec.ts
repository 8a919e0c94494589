import { CertificateAuthority } from '#test/authority/server-authority.js';
import { PostgresqlServer } from '#test/postgresql/postgresql-server.js';
import { reservePort } from '#platform';
import type { AuditLog } from '../audit/audit-log.js';
import { collect } from '../testing/collect.js';
import { exampleRecording } from '../testing/example-recording.js';
import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import { grantUse, migrateSchema, migrations } from './migrate-schema.js';
import { openPostgresqlStore } from './open-postgresql-store.js';

const playback = { event: 'playback', outcome: 'allowed' } as const;
const known = migrations.length;

describe(openPostgresqlStore.name, () => {
  const database = new PostgresqlTestDatabase();
  const execute = (text: string) => database.server.execute(text, database.name);
  const at = (port: number) => ({ hosts: [{ host: '127.0.0.1', port }] });

  it('gives everything back to the next process', async () => {
    const before = await database.open();
    await before.recordings.insert(exampleRecording);
    await before.close();
    expect(await (await database.open()).recordings.find(exampleRecording.id)).toEqual(exampleRecording);
  });

  it('lets one store see at once what another wrote', async () => {
    const [one, other] = [await database.open(), await database.open({ auditWriter: 'gateway-2' })];
    const user = { name: 'ops', enabled: true, roles: [], privileges: [], accessGroups: [], partitions: [] };
    const put = await one.users.put(user);
    expect(await other.users.find({ name: 'ops' })).toEqual(put);
    await other.users.remove({ name: 'ops' });
    expect(await one.users.find({ name: 'ops' })).toBeUndefined();
  });

  it('makes the schema once, however many open an empty database at the same time', async () => {
    await database.server.execute(`CREATE DATABASE bare_${database.name}`);
    const names = ['a', 'b', 'c', 'd'];
    const bare = { database: `bare_${database.name}` };
    const stores = await Promise.all(names.map(auditWriter => database.open({ ...bare, auditWriter })));
    await Promise.all(stores.map(store => store.audit.append(playback)));
    expect(await stores[0]?.audit.verify()).toMatchObject({ records: 8, writers: 4, problems: [] });
  });

  it('puts recordings of code without a search into its index, each once, however many do it', async () => {
    const [one, other] = [await database.open(), await database.open({ auditWriter: 'gateway-2' })];
    for (let number = 0; number < 30; number++) await one.recordings.insert({ ...exampleRecording, id: `r${number}` });
    await execute('DELETE FROM recording_search; DELETE FROM recording_owner; UPDATE recording SET searchable = false');
    const { contactCenter, region } = exampleRecording;
    expect(await one.recordingSearch.isComplete(contactCenter)).toBe(false);
    const indexed = await Promise.all([one, other, one, other].map(store => store.recordingSearch.indexMissing(10)));
    expect(indexed.reduce((sum, count) => sum + count)).toBe(30);
    expect(await other.recordingSearch.isComplete(contactCenter)).toBe(true);
    const window = { towards: 'older', limit: 100, examine: 100 } as const;
    const found = await other.recordingSearch.search({ contactCenter, region, owners: ['agent:JohnSmith'] }, window);
    expect(found.recordings).toHaveLength(30);
  });

  it('works beside a newer version that only added to the schema', async () => {
    await execute(`ALTER TABLE recording ADD COLUMN added integer; UPDATE rcs_schema SET version = ${known + 1}`);
    const store = await database.open();
    expect(await store.recordings.insert(exampleRecording)).toBe('created');
    expect(await store.recordings.find(exampleRecording.id)).toEqual(exampleRecording);
  });

  it('refuses a schema that only a newer version understands', async () => {
    await execute(`UPDATE rcs_schema SET version = ${known + 1}, works_with_code_of = ${known + 1}`);
    await expect(database.open()).rejects.toThrow(
      `store.postgresql, database ${database.name}: it has schema version ${known + 1}, this program knows ${known}`,
    );
  });

  it('says what is wrong, and what to do', async () => {
    const free = await reservePort();
    const cases: [Parameters<typeof database.open>[0], RegExp][] = [
      [
        { password: 'another' },
        /password authentication failed.*userName \(postgres\), its password, and pg_hba\.conf/,
      ],
      [{ password: undefined }, /password/],
      [{ database: 'missing' }, /database "missing" does not exist: create the database: CREATE DATABASE missing/],
      [at(free), /ECONNREFUSED.*nothing listens there: check store\.postgresql\.hosts/],
      [{ hosts: [{ host: 'db.invalid', port: 5432 }] }, /db\.invalid:5432: .*no such host/],
      [{ tls: {} }, /does not support SSL connections: switch TLS on there, or write enableSsl: false/],
    ];
    for (const [options, message] of cases) {
      await expect(database.open({ ...options, connectTimeoutMs: 20_000 })).rejects.toThrow(message);
    }
  });

  it.each(['', 'two words', 'x'.repeat(129)])('refuses the audit writer %j', async auditWriter => {
    await expect(database.open({ auditWriter })).rejects.toThrow('1 to 128 visible ASCII characters');
  });

  it('keeps characters that the database has no texts for', async () => {
    const store = await database.open();
    const odd = { ...exampleRecording, id: 'a\0b', callerPhoneNumber: '\u001F"x"' };
    await store.recordings.insert(odd);
    expect(await store.recordings.find('a\0b')).toEqual(odd);
    expect(await store.recordings.find('ab')).toBeUndefined();
  });

  it('answers after close with an error', async () => {
    const store = await database.open();
    await store.close();
    await expect(store.recordings.find('any')).rejects.toMatchObject({ code: 'RCS_STORE_UNAVAILABLE' });
    await expect(store.recordings.insert(exampleRecording)).rejects.toMatchObject({ code: 'RCS_SHUTTING_DOWN' });
    await expect(store.audit.verify()).rejects.toMatchObject({ code: 'RCS_AUDIT_UNAVAILABLE' });
  });

  describe('the audit', () => {
    const changes = [
      `UPDATE audit_record SET hash = 'x'`,
      'DELETE FROM audit_record',
      'TRUNCATE audit_record',
      `UPDATE audit_checkpoint SET note = 'x'`,
      'DELETE FROM audit_checkpoint',
      `UPDATE audit_chain SET sequence = 0, hash = 'x'`,
      'DELETE FROM audit_chain',
    ];

    async function filled(): Promise<AuditLog> {
      const { audit } = await database.open();
      await audit.append(playback);
      await audit.append(playback);
      await audit.addCheckpoint({ number: 1, writer: 'gateway-1', digest: 'd', note: 'n' });
      return audit;
    }

    it('is append-only for whoever owns it, too', async () => {
      const audit = await filled();
      for (const change of changes) await expect(execute(change)).rejects.toThrow('the audit log is append-only');
      const [{ partition } = { partition: '' }] = (await execute(
        `SELECT inhrelid::regclass::text AS partition FROM pg_inherits WHERE inhparent = 'audit_record'::regclass ORDER BY 1`,
      )) as { partition: string }[];
      await expect(execute(`TRUNCATE ${partition}`)).rejects.toThrow('the audit log is append-only');
      expect(await audit.verify()).toMatchObject({ records: 3, problems: [] });
    });

    it('may not be changed by a role that was granted its use, which works with it otherwise', async () => {
      const role = { user: `gateway_${database.name}`, password: 'gateway-password' };
      await database.server.execute(`CREATE ROLE ${role.user} LOGIN PASSWORD '${role.password}'`);
      await grantUse(database.options(), { host: '127.0.0.1', port: database.server.port }, role.user);
      const store = await database.open({ ...role });
      await store.recordings.insert(exampleRecording);
      for (let number = 0; number < 300; number += 1) void store.audit.append(playback);
      expect((await store.audit.append(playback)).sequence).toBe(301);
      expect(await store.audit.heads()).toHaveLength(1);
      await execute(`SET ROLE ${role.user}; SELECT rcs_audit_month('2031-05')`);
      for (const change of changes.filter(text => !text.startsWith('UPDATE audit_chain'))) {
        await expect(execute(`SET ROLE ${role.user}; ${change}`)).rejects.toThrow('permission denied');
      }
      await expect(
        execute(`SET ROLE ${role.user}; DROP TRIGGER audit_record_is_never_deleted ON audit_record`),
      ).rejects.toThrow('must be owner');
      await store.audit.append({ ...playback, user: 'bert' });
      const forgotten = await store.audit.append({ ...playback, user: 'anna', contactCenter: 'cc-1' });
      await store.audit.forget({ contactCenter: 'cc-1', kind: 'user', value: 'anna' });
      while (await store.audit.forgetNext());
      expect(await store.audit.erasedFields(0, 10)).toMatchObject([{ sequence: forgotten.sequence }]);
      await expect(execute(`SET ROLE ${role.user}; DELETE FROM audit_erased`)).rejects.toThrow('permission denied');
      const { writer, sequence, hash } = forgotten;
      const another = `'{"values":{"user":"another"},"salts":{"user":"00"}}'`;
      for (const rest of [another, 'NULL']) {
        const call = `SELECT rcs_erase_personal('${writer}', ${sequence - 1}, hash, 'user', ${rest}) FROM audit_record WHERE sequence = ${sequence - 1}`;
        await expect(execute(`SET ROLE ${role.user}; ${call}`)).rejects.toThrow('the audit log is append-only');
      }
      expect(await store.audit.verify()).toMatchObject({ problems: [] });
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
    });

    it('says to whoever may not bring the schema up to date who may', async () => {
      const user = `stranger_${database.name}`;
      await database.server.execute(`CREATE ROLE ${user} LOGIN PASSWORD 'stranger'`);
      const step = { version: known + 1, worksWithCodeOf: 1, sql: 'CREATE TABLE added (id integer)' };
      const host = { host: '127.0.0.1', port: database.server.port };
      await execute(`GRANT SELECT ON rcs_schema TO ${user}`);
      const options = database.options({ user, password: 'stranger' });
      await expect(migrateSchema(options, host, [...migrations, step])).rejects.toThrow(
        'run rcsctl store migrate as its owner',
      );
    });

    it('lies in a partition for each month, which later ones get when they come', async () => {
      await filled();
      const months = await execute(
        `SELECT inhrelid::regclass::text AS month FROM pg_inherits WHERE inhparent = 'audit_record'::regclass`,
      );
      const month = new Date().toISOString().slice(0, 7).replace('-', '_');
      expect(months.map(row => row['month'])).toContain(`audit_record_${month}`);
      expect(months).toHaveLength(2);
      await execute(`SELECT rcs_audit_month('2031-12')`);
      await execute(
        `INSERT INTO audit_record VALUES ('w', 0, '2031-12-31T23:59:59.999Z', NULL, NULL, '{}', NULL, 'h')`,
      );
      await expect(execute(`SELECT rcs_audit_month('2031-13')`)).rejects.toThrow('is no month');
    });

    it('finds a second record of one number', async () => {
      const audit = await filled();
      const [, , last] = await collect(audit.query());
      await execute(`SELECT rcs_audit_month('2031-12')`);
      await execute(
        `INSERT INTO audit_record SELECT writer, sequence, '2031-12-01T00:00:00.000Z', user_name, recording, record, personal, hash
         FROM audit_record WHERE sequence = ${last?.sequence ?? 0}`,
      );
      expect((await audit.verify()).problemCount).toBeGreaterThan(0);
    });
  });

  describe('over TLS', () => {
    const validUntil = new Date(Date.now() + 86_400_000);
    let authority: CertificateAuthority;
    let server: PostgresqlServer;

    beforeAll(async () => {
      authority = await CertificateAuthority.create({ commonName: 'PostgreSQL', validUntil });
      const names = { dnsNames: [], ipAddresses: ['127.0.0.1'], uris: [] };
      server = await PostgresqlServer.start(
        await authority.issue({ commonName: 'database', validUntil: new Date(Date.now() + 3_600_000), ...names }),
      );
      await server.execute('CREATE DATABASE rcs');
    });
    afterAll(() => server?.stop());

    const over = (tls: object) => database.open({ ...at(server.port), database: 'rcs', tls });

    it('trusts the authority that is named, and no other', async () => {
      const store = await over({ ca: authority.certificatePem });
      const [row] =
        await server.execute(`SELECT count(*)::int AS count FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE ssl AND application_name = 'tests'`);
      expect(row?.['count']).toBeGreaterThan(0);
      await store.check();
      const other = await CertificateAuthority.create({ commonName: 'Another', validUntil });
      await expect(over({ ca: other.certificatePem })).rejects.toThrow(/postgresqlTrustedCA/);
      await expect(over({})).rejects.toThrow(/postgresqlTrustedCA/);
      await expect(over({ rejectUnauthorized: false })).resolves.toBeDefined();
    });
  });
});
