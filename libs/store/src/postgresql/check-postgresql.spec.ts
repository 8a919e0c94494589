import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import { checkDatabase } from './check-postgresql.js';
import { declaredSchema } from './declared-schema.js';
import { grantUse, migrations } from './migrate-schema.js';

const known = migrations.length;

describe(checkDatabase.name, () => {
  const database = new PostgresqlTestDatabase();
  const execute = (text: string) => database.server.execute(text, database.name);
  const check = (role?: string, now?: Date) => checkDatabase(database.options(), role, now);
  const problems = async (role?: string) => (await check(role)).filter(({ verdict }) => verdict === 'bad');
  let gateway: string;

  beforeEach(async () => {
    gateway = `gateway_${database.name}`;
    await database.server.execute(`CREATE ROLE ${gateway} LOGIN PASSWORD 'gateway-password'`);
    await grantUse(database.options(), { host: '127.0.0.1', port: database.server.port }, gateway);
  });

  it('finds nothing wrong with a store as it is made, for a role that was granted its use', async () => {
    const findings = await check(gateway);
    expect(findings.map(({ verdict }) => verdict)).toEqual(findings.map(() => 'good'));
    expect(findings.map(({ check: what }) => what)).toEqual([
      'connection',
      'schema',
      'schema',
      'audit',
      'indexes',
      'months',
      'counts',
      'rights',
    ]);
  });

  it('also asks as that role, which may read what is to be known', async () => {
    const findings = await checkDatabase(database.options({ user: gateway, password: 'gateway-password' }));
    expect(findings.filter(({ verdict }) => verdict !== 'good')).toEqual([]);
  });

  it('knows every table, index, trigger and function that a new store has', async () => {
    const declared = declaredSchema(known);
    const names = async (text: string) => (await execute(text)).map(({ name }) => String(name)).sort();
    const ours = `relnamespace = 'public'::regnamespace AND NOT relispartition`;
    expect(await names(`SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND ${ours}`)).toEqual(
      [...declared.tables, 'rcs_schema'].sort(),
    );
    const constraints = `SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x')`;
    expect(
      await names(
        `SELECT relname AS name FROM pg_class WHERE relkind IN ('i', 'I') AND ${ours} AND oid NOT IN (${constraints})`,
      ),
    ).toEqual([...declared.indexes].sort());
    const triggers = `SELECT tgname AS name FROM pg_trigger JOIN pg_class AS c ON c.oid = tgrelid WHERE NOT tgisinternal AND ${ours}`;
    expect(await names(triggers)).toEqual(declared.triggers.map(({ name }) => name).sort());
    expect(await names(`SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace`)).toEqual(
      [...declared.functions.keys()].sort(),
    );
  });

  it.each([
    [
      'audit',
      'ALTER TABLE audit_record DISABLE TRIGGER audit_record_is_never_changed',
      'audit_record_is_never_changed',
    ],
    [
      'audit',
      `CREATE FUNCTION public.harmless() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
       DROP TRIGGER audit_record_is_never_changed ON audit_record;
       CREATE TRIGGER audit_record_is_never_changed BEFORE UPDATE ON audit_record FOR EACH ROW EXECUTE FUNCTION harmless()`,
      'audit_record_is_never_changed of audit_record is missing, changed',
    ],
    ['audit', 'DROP TRIGGER audit_chain_only_grows ON audit_chain', 'audit_chain_only_grows of audit_chain'],
    [
      'audit',
      `CREATE OR REPLACE FUNCTION rcs_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$`,
      'function rcs_append_only is missing or changed',
    ],
    [
      'audit',
      `DO $$ BEGIN EXECUTE (SELECT 'DROP TRIGGER is_never_emptied ON ' || min(inhrelid)::regclass
        FROM pg_inherits WHERE inhparent = 'audit_record'::regclass); END $$`,
      'is_never_emptied of audit_record_',
    ],
    ['indexes', 'DROP INDEX recording_search_by_caller', 'recording_search_by_caller'],
    [
      'indexes',
      `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'audit_record_by_user'::regclass`,
      'audit_record_by_user',
    ],
    ['schema', 'DROP TABLE contact_center CASCADE', 'contact_center'],
    ['schema', 'DROP TABLE rcs_schema', 'there are no tables'],
    [
      'counts',
      'DROP TRIGGER recipients_removed ON media_recipient',
      'recipients_removed of media_recipient is missing',
    ],
    ['counts', 'ALTER TABLE media_recipient DISABLE TRIGGER recipients_added', 'recipients_added of media_recipient'],
    [
      'counts',
      `INSERT INTO recipient_count VALUES ('cc', 'issued:1', 17, 3)`,
      'counts that are not those of the rows: 1',
    ],
    [
      'counts',
      `CREATE OR REPLACE FUNCTION rcs_recipients_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
      'function rcs_recipients_added is missing or changed',
    ],
    ['rights', 'REVOKE SELECT ON recipient_count FROM GATEWAY', 'may not SELECT recipient_count'],
    ['rights', 'GRANT DELETE ON audit_record TO GATEWAY', 'may DELETE audit_record'],
    ['rights', 'GRANT UPDATE ON ALL TABLES IN SCHEMA public TO GATEWAY', 'may UPDATE audit_record_'],
    ['rights', 'REVOKE INSERT ON recording FROM GATEWAY', 'may not INSERT recording'],
    ['rights', 'ALTER FUNCTION rcs_audit_month(text) SECURITY INVOKER', 'may not make the months'],
  ])('finds of the %s what somebody did: %s', async (what, change, found) => {
    await execute(change.replace('GATEWAY', gateway));
    const findings = await problems(gateway);
    expect(findings.map(({ check: place }) => place)).toEqual([what]);
    expect(findings[0]?.found).toContain(found);
    expect(findings[0]?.advice).toBeTruthy();
  });

  it('says which step a schema is at, and what stands in it that this step does not make', async () => {
    await execute(`UPDATE rcs_schema SET version = ${known - 1}`);
    const [schema] = await problems(gateway);
    expect(schema).toMatchObject({ check: 'schema', found: `version ${known - 1}, this program knows ${known}` });
  });

  it('tells an owner that they can take the triggers away, and who is no role', async () => {
    expect((await check()).at(-1)).toMatchObject({ check: 'rights', verdict: 'doubtful' });
    expect((await problems('nobody')).map(({ found }) => found)).toEqual(['there is no role nobody']);
  });

  it('says which month is not there yet, and who makes it', async () => {
    const months = (await check(gateway, new Date('2031-12-31T00:00:00Z'))).filter(
      ({ check: what }) => what === 'months',
    );
    expect(months).toMatchObject([{ verdict: 'doubtful', found: 'no partition yet for 2031-12 and 2032-01' }]);
    await execute(`SELECT rcs_audit_month('2031-12'); SELECT rcs_audit_month('2032-01')`);
    expect((await check(gateway, new Date('2031-12-31T00:00:00Z'))).every(({ verdict }) => verdict === 'good')).toBe(
      true,
    );
  });

  it('says why it could not look', async () => {
    const [finding, ...others] = await checkDatabase(database.options({ password: 'another' }));
    expect(finding).toMatchObject({ check: 'connection', verdict: 'bad' });
    expect(finding?.found).toContain('password authentication failed');
    expect(others).toEqual([]);
  });
});
