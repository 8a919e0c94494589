import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';

const nothing = { enabled: true, roles: [], privileges: [], accessGroups: [], partitions: [] };

describe('the removal of an account', () => {
  const database = new PostgresqlTestDatabase();
  const execute = (text: string) => database.server.execute(text, database.name);

  it('removes what the account has seen in statements of ten thousand rows, and nothing of another', async () => {
    const store = await database.open();
    for (const name of ['ann', 'bob']) await store.users.put({ name, ...nothing });
    await execute(`
      INSERT INTO seen_mark SELECT account, 'recording-' || n, '2026-11-28T08:00:00.000Z'
        FROM generate_series(1, 25000) AS n, (VALUES ('ann'), ('bob')) AS one (account);
      CREATE TABLE removed (marks bigint);
      CREATE FUNCTION note_removed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO removed SELECT COUNT(*) FROM gone; RETURN NULL; END $$;
      CREATE TRIGGER noted AFTER DELETE ON seen_mark
        REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note_removed()`);
    expect(await store.users.remove({ name: 'ann' })).toBe(true);
    expect(await execute('SELECT marks::int FROM removed ORDER BY 1')).toEqual(
      [5000, 10_000, 10_000].map(marks => ({ marks })),
    );
    expect(await execute('SELECT account, COUNT(*)::int AS marks FROM seen_mark GROUP BY 1')).toEqual([
      { account: 'bob', marks: 25_000 },
    ]);
  });
});
