import Database from 'better-sqlite3';
import { migrateSchema, type SchemaMigration } from './schema-migration.js';

const first: SchemaMigration = { version: 1, worksWithCodeOf: 1, sql: 'CREATE TABLE thing (name TEXT) STRICT' };
const additive: SchemaMigration = { version: 2, worksWithCodeOf: 1, sql: 'ALTER TABLE thing ADD COLUMN size INTEGER' };
const breaking: SchemaMigration = { version: 3, worksWithCodeOf: 3, sql: 'ALTER TABLE thing RENAME COLUMN name TO id' };

describe(migrateSchema.name, () => {
  let database: Database.Database;
  beforeEach(() => {
    database = new Database(':memory:');
  });
  afterEach(() => {
    database.close();
  });

  const version = (): unknown => database.pragma('user_version', { simple: true });
  const columns = (): unknown => database.prepare("SELECT name FROM pragma_table_info('thing')").pluck().all();

  it('applies what is missing, once, and keeps the data', () => {
    migrateSchema(database, [first]);
    database.exec("INSERT INTO thing VALUES ('kept')");
    migrateSchema(database, [first, additive, breaking]);
    migrateSchema(database, [first, additive, breaking]);
    expect(version()).toBe(3);
    expect(columns()).toEqual(['id', 'size']);
    expect(database.prepare('SELECT id FROM thing').pluck().all()).toEqual(['kept']);
  });

  it('leaves everything as it was when a step fails', () => {
    migrateSchema(database, [first]);
    const broken = { version: 3, worksWithCodeOf: 1, sql: 'ALTER TABLE absent ADD COLUMN size INTEGER' };
    expect(() => {
      migrateSchema(database, [first, additive, broken]);
    }).toThrow('no such table: absent');
    expect(version()).toBe(1);
    expect(columns()).toEqual(['name']);
  });

  it('accepts a newer schema that older code can use', () => {
    migrateSchema(database, [first, additive]);
    migrateSchema(database, [first]);
    expect(version()).toBe(2);
  });

  it('refuses a newer schema that older code cannot use', () => {
    migrateSchema(database, [first, additive, breaking]);
    expect(() => {
      migrateSchema(database, [first, additive]);
    }).toThrow('has schema version 3, this program knows 2: it was written by a newer version');
  });
});
