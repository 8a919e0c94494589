import Database from 'better-sqlite3';
import { join } from 'node:path';
import { documents } from '../../store.js';
import { SqliteTestDirectory } from '../../testing/sqlite-test-directory.js';
import { auditDatabaseName, documentDatabaseName } from '../open-sqlite-store.js';
import { writesOf } from '../stored-thing.js';
import { auditWrites } from './audit-writes.js';

/** Tables that grow with recordings and with the audit. */
const growing = [
  ...['recording', 'recording_search', 'recording_owner', 'recording_label', 'media_recipient', 'media_location'],
  ...['unindexed_media', 'envelope_pin', 'content_tree', 'media_peaks', 'custody_proof', 'hand_over', 'seen_mark'],
  ...[
    'removed_media',
    'removal_ledger',
    'removal_order',
    'awaited_erasure',
    'legal_hold',
    'rewrap_job',
    'audit_record',
    'audit_tile',
  ],
];
/** The index has those alone that are looked for, and few others. */
const isPartial = /USING INDEX (?:recording_not_searchable|rewrap_job_unfinished)$/;

describe('what a writer does in its transaction, while all others wait', () => {
  const directory = new SqliteTestDirectory();

  /** Of all statements of a writer. */
  async function statements(name: string, write: (database: Database.Database) => unknown) {
    await directory.open();
    const database = new Database(join(directory.path, name));
    const prepare = database.prepare.bind(database) as (text: string) => Database.Statement;
    const texts: string[] = [];
    jest.spyOn(database, 'prepare').mockImplementation(text => {
      texts.push(text);
      return prepare(text);
    });
    write(database);
    const plans = texts.map(text => {
      const named = [...text.matchAll(/@(\w+)/g)].map(([, parameter]) => [parameter, 1]);
      const bound: unknown[] = named.length > 0 ? [Object.fromEntries(named)] : text.split('?').slice(1);
      const steps = prepare(`EXPLAIN QUERY PLAN ${text}`).all(...bound) as { detail: string }[];
      return { text, steps: steps.map(({ detail }) => detail) };
    });
    database.close();
    return plans;
  }

  it.each([
    [documentDatabaseName, (database: Database.Database) => writesOf(documents, database), 200],
    [auditDatabaseName, (database: Database.Database) => auditWrites(database, 'gateway-1'), 25],
  ])('finds by an index what it looks for in %s', async (name, write, atLeast) => {
    const plans = await statements(name, write);
    expect(plans.length).toBeGreaterThan(atLeast);
    const scan = new RegExp(`^SCAN (?:${growing.join('|')})\\b`);
    expect(plans.filter(({ steps }) => steps.some(step => scan.test(step) && !isPartial.test(step)))).toEqual([]);
    // Of a value that may be absent no index leads to those that have it.
    expect(plans.filter(({ text }) => /= (?:ifnull|coalesce)\(\?/.test(text) && !text.startsWith('DELETE'))).toEqual(
      [],
    );
  });
});
