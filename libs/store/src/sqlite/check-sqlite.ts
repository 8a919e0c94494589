import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describeError } from '#platform';
import { bad, good, type StoreFinding } from '../check/store-finding.js';
import { documents } from '../store.js';
import { documentSchema } from './document-schema.js';
import { documentVersions } from './document-versions.js';
import { documentDatabaseName } from './open-sqlite-store.js';
import { recountedTriggers } from './recount-in-sqlite.js';
import { migrateSchema } from './schema-migration.js';
import { migrationsOf } from './stored-thing.js';

const busyTimeoutMs = 10_000;
const restore = 'restore the store from a backup';

/** What is kept and is not so, or is not kept. */
const wrong = `
  WITH kept AS (
    SELECT 'recipient' AS kind, contact_center, json_array(recipient) AS names, recordings FROM recipient_count
    UNION ALL SELECT 'set', contact_center, recipients, recordings FROM recipient_set_count
    UNION ALL SELECT 'many', contact_center, json_array(recording_id), 1 FROM many_recipients),
  recording AS (
    SELECT contact_center, recording_id, COUNT(DISTINCT recipient) AS number,
      json_group_array(DISTINCT recipient ORDER BY recipient) AS recipients FROM media_recipient
    GROUP BY recording_id, contact_center),
  counted AS (
    SELECT 'recipient' AS kind, contact_center, json_array(recipient) AS names, COUNT(DISTINCT recording_id) AS recordings
      FROM media_recipient GROUP BY contact_center, recipient
    UNION ALL SELECT 'set', contact_center, recipients, COUNT(*) FROM recording
      WHERE number BETWEEN 2 AND 8 GROUP BY contact_center, recipients
    UNION ALL SELECT 'many', contact_center, json_array(recording_id), 1 FROM recording WHERE number > 8),
  differing AS (
    SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted)
    UNION ALL SELECT * FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept))
  SELECT (SELECT COUNT(*) FROM (SELECT DISTINCT kind, contact_center, names FROM differing)) AS wrong,
    (SELECT COUNT(*) FROM counted) AS counts`;

interface Named {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** Looks at the documents of a store in files, and changes nothing in them; gateways go on. */
export function checkSqlite(directory: string): StoreFinding[] {
  const file = join(directory, documentDatabaseName);
  let database: Database.Database | undefined;
  try {
    if (!existsSync(file)) throw new Error(`there is no ${documentDatabaseName}`);
    database = new Database(file, { readonly: true, timeout: busyTimeoutMs });
    const readable = good('connection', `${file} may be read`);
    return [readable, ...database.transaction(checkDocuments)(database)];
  } catch (error) {
    return [bad('connection', `${directory}: ${describeError(error)}`, 'correct store.directory, or --store')];
  } finally {
    database?.close();
  }
}

function checkDocuments(database: Database.Database): StoreFinding[] {
  const { version, known } = documentVersions(database);
  if (version !== known) {
    const versions = `version ${version}, this program knows ${known}`;
    if (version < known)
      return [bad('schema', versions, 'start a gateway of this version: it brings the files up to date')];
    return [{ check: 'schema', verdict: 'doubtful', found: versions, advice: 'Check it with the newer version.' }];
  }
  const empty = new Database(':memory:');
  try {
    migrateSchema(empty, migrationsOf(documents, documentSchema));
    return [
      good('schema', `version ${version}`),
      ...checkNames(namesIn(database), namesIn(empty)),
      checkCounts(database),
    ];
  } finally {
    empty.close();
  }
}

const namesIn = (database: Database.Database): readonly Named[] =>
  database.prepare<[], Named>(`SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name`).all();

function checkNames(present: readonly Named[], declared: readonly Named[]): StoreFinding[] {
  const missing = declared.filter(({ type, name, sql }) => {
    const own = present.find(one => one.type === type && one.name === name);
    return own === undefined || (type === 'trigger' && own.sql !== sql);
  });
  if (missing.length === 0) return [good('schema', `${declared.length} tables, indexes and triggers`)];
  const problems = missing.map(
    ({ type, name }) => `${type} ${name} is missing${type === 'trigger' ? ' or changed' : ''}`,
  );
  const isRecounted = missing.every(({ type, name }) => type === 'trigger' && recountedTriggers.has(name));
  return [bad('schema', problems.join('; '), isRecounted ? 'run rcsctl store recount' : restore)];
}

function checkCounts(database: Database.Database): StoreFinding {
  const row = database.prepare<[], { wrong: number; counts: number }>(wrong).get();
  if (row === undefined || row.wrong > 0)
    return bad('counts', `counts that are not those of the rows: ${row?.wrong ?? 0}`, 'run rcsctl store recount');
  return good('counts', `${row.counts} counts of recordings are those of the rows`);
}
