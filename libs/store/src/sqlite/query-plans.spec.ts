import Database from 'better-sqlite3';
import { join } from 'node:path';
import type { Store } from '../store.js';
import { plannedSearches } from '../testing/planned-searches.js';
import { SqliteTestDirectory } from '../testing/sqlite-test-directory.js';

/** What SQLite says of a step that reads a whole table. */
const slow = /^SCAN (?:audit_record|recording|recording_search|recording_owner|[so])\b/;
const tables = /\b(?:audit_record|recording|recording_search|recording_owner|unindexed_media|rewrap_job)\b/;

describe('the plans of SQLite', () => {
  const directory = new SqliteTestDirectory();
  let store: Store;
  let statements: { readonly text: string; readonly database: Database.Database }[];

  beforeEach(async () => {
    store = await directory.open();
    statements = [];
    const prepare = Database.prototype.prepare;
    jest.spyOn(Database.prototype, 'prepare').mockImplementation(function (this: Database.Database, text: string) {
      if (tables.test(text) && /^\s*SELECT/.test(text)) statements.push({ text, database: this });
      return prepare.call(this, text);
    });
  });
  afterEach(() => jest.restoreAllMocks());

  const plansOf = (): string[] =>
    statements.flatMap(({ text, database }) =>
      (database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...boundIn(text)) as { detail: string }[]).map(
        ({ detail }) => detail,
      ),
    );

  it.each(Object.keys(plannedSearches({} as Store)))('find %s by an index', async name => {
    await plannedSearches(store)[name]!();
    const plans = plansOf();
    expect(plans.filter(detail => /USING (?:COVERING )?INDEX|USING PRIMARY KEY/.test(detail))).not.toEqual([]);
    expect(plans.filter(detail => slow.test(detail))).toEqual([]);
  });

  it.each([
    [
      'recordings of a number',
      's USING INDEX recording_search_by_caller (contact_center=? AND caller=? AND start_time',
    ],
    [
      'recordings of the beginning of a number',
      's USING INDEX recording_search_by_dialed (contact_center=? AND dialed>? AND dialed<?',
    ],
    ['recordings of an agent', 'o USING PRIMARY KEY (contact_center=? AND owner=? AND start_time'],
  ])('find %s among those alone, however many others there are', async (name, step) => {
    await plannedSearches(store)[name]!();
    expect(plansOf()).toContainEqual(expect.stringContaining(`SEARCH ${step}`));
  });

  it.each([
    [
      'failing media files',
      /FROM unindexed_media WHERE attempts > 0/,
      'SEARCH unindexed_media USING INDEX unindexed_media_failing (contact_center=?)',
    ],
    [
      'a rewrap that goes on',
      /FROM rewrap_job WHERE state <> 'done'/,
      'SCAN rewrap_job USING INDEX rewrap_job_unfinished',
    ],
  ])('find %s among those alone, in their order', async (_, text, step) => {
    // What is asked again and again is prepared when a store is opened.
    await directory.open({ auditWriter: 'gateway-2' });
    statements = statements.filter(one => text.test(one.text));
    expect(statements).toHaveLength(1);
    expect(plansOf()).toEqual([step]);
  });

  it('would show it if an index were gone', () => {
    const database = new Database(join(directory.path, 'audit.sqlite'), { readonly: true });
    const text = 'SELECT record FROM audit_record WHERE hash = ?';
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all('one') as { detail: string }[];
    database.close();
    expect(plan.map(({ detail }) => detail)).toContainEqual(expect.stringMatching(slow));
  });
});

/** A plan depends on no value, but each place wants one. */
function boundIn(text: string): unknown[] {
  const names = [...text.matchAll(/@(\w+)/g)].map(([, name]) => name);
  if (names.length > 0) return [Object.fromEntries(names.map(name => [name, 1]))];
  return Array.from({ length: text.split('?').length - 1 }, () => 1);
}
