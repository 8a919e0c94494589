import Database from 'better-sqlite3';
import { documents } from '../store.js';
import { documentSchema } from './document-schema.js';
import { migrationsOf, storedThing, writesOf } from './stored-thing.js';

type Writes = { put: { input: string; result: null } };

const thing = (...versions: readonly number[]) =>
  storedThing<Writes, string>({
    migrations: versions.map(version => ({ version, worksWithCodeOf: 1, sql: '' })),
    writes: () => ({ put: () => null }),
    open: () => 'a port',
  });
const versions = (things: Parameters<typeof migrationsOf>[0], before = documentSchema.slice(0, 2)) =>
  migrationsOf(things, before).map(({ version }) => version);

describe(migrationsOf, () => {
  it('goes on from the steps of before, whatever thing they are of', () => {
    expect(versions({ a: thing(4), b: thing(), c: thing(3, 5) })).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([
    ['twice', { a: thing(3), b: thing(3) }],
    ['as one of before', { a: thing(2) }],
    ['with one left out', { a: thing(4) }],
  ])('refuses a version that is there %s', (_, things) => {
    expect(() => versions(things)).toThrow(/schema versions/);
  });

  it('changes none of the steps of before', () => {
    expect(migrationsOf(documents, documentSchema).slice(0, documentSchema.length)).toEqual(documentSchema);
  });
});

describe(writesOf, () => {
  it('refuses two things with a write of one name', () => {
    const database = new Database(':memory:');
    expect(Object.keys(writesOf({ a: thing() }, database))).toEqual(['probe', 'put']);
    expect(() => writesOf({ a: thing(), b: thing() }, database)).toThrow('b is not the only stored thing');
    database.close();
  });
});
