import { Client } from 'pg';
import { PostgresqlTestDatabase } from '#test/postgresql/postgresql-test-database.js';
import { superuser } from '#test/postgresql/postgresql-server.js';
import type { Store } from '../store.js';
import { plannedSearches } from '../testing/planned-searches.js';

/** As many as make reading a whole table dearer than an index. */
const rows = 20_000;
const auditRecords = 3000;
/** Reading a whole table that has rows: months without any cost nothing. */
const slow = /Seq Scan on \w+.*\.\.(?:\d{3,}|[2-9]\d)\.\d\d rows/;
const tables = /\b(?:audit_record|recording_search|recording_owner|unindexed_media|rewrap_job)\b/;

describe('the plans of PostgreSQL', () => {
  const database = new PostgresqlTestDatabase();
  let store: Store;
  let asked: { readonly text: string; readonly values: readonly unknown[] }[];

  beforeEach(async () => {
    store = await database.open();
    await onServer(client => client.query(filling));
    const entry = { event: 'playback', outcome: 'allowed', contactCenter: 'cc-1' } as const;
    const appended = Array.from({ length: auditRecords }, (_, n) =>
      store.audit.append({ ...entry, recording: `recording-${n}` }),
    );
    await Promise.all(appended);
    await onServer(client => client.query('ANALYZE'));
    asked = [];
    const query = Client.prototype.query as (this: Client, ...parts: unknown[]) => unknown;
    jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...parts: unknown[]) {
      const [first, second] = parts as [string | { text?: string; values?: unknown[] }, unknown[] | undefined];
      const text = typeof first === 'string' ? first : (first.text ?? '');
      const values = (typeof first === 'string' ? second : first.values) ?? [];
      if (tables.test(text) && /^\s*(?:SELECT|UPDATE rewrap_job)/.test(text)) asked.push({ text, values });
      return query.apply(this, parts) as never;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  async function onServer<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const { port } = database.server;
    const client = new Client({ host: '127.0.0.1', port, database: database.name, ...superuser });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  it('find listeners, recordings and what is left to do by an index', async () => {
    const searches = {
      ...plannedSearches(store),
      'media files that could not be looked at': () => store.mediaIndex.failures('cc-1', 100),
      'a rewrap that goes on': () => store.rewraps.claim({ owner: 'gateway-1', now: 1000, leaseUntil: 2000 }),
    };
    for (const [name, search] of Object.entries(searches)) {
      asked = [];
      await search();
      const questions = asked;
      expect({ name, questions: questions.length > 0 }).toEqual({ name, questions: true });
      for (const { text, values } of questions) {
        const { rows: lines } = await onServer(client => client.query(`EXPLAIN ${text}`, [...values]));
        const plan = lines.map(line => String((line as Record<string, unknown>)['QUERY PLAN'])).join('\n');
        expect({ name, plan: slow.exec(plan)?.[0] }).toEqual({ name, plan: undefined });
        expect(plan).toMatch(/Index (?:Only )?Scan|Bitmap Index Scan/);
      }
    }
    const all = await onServer(client =>
      client.query('EXPLAIN SELECT * FROM recording_search WHERE region = $1', ['x']),
    );
    expect(JSON.stringify(all.rows)).toMatch(slow);
  });
});

/** As an insertion and an append leave them, without what no search reads. */
const filling = `
  INSERT INTO recording (id, contact_center, region, document, searchable)
    SELECT 'recording-' || n, 'cc-1', 'default', '{}', true FROM generate_series(1, ${rows}) AS n;
  INSERT INTO recording_search (contact_center, start_time, recording_id, region, caller, dialed)
    SELECT 'cc-1', 1767225600000 + n * 1000, 'recording-' || n, 'default', (4930000000 + n % 5000)::text, (50000 + n % 500)::text
    FROM generate_series(1, ${rows}) AS n;
  INSERT INTO recording_owner (contact_center, owner, start_time, recording_id)
    SELECT 'cc-1', owner, 1767225600000 + n * 1000, 'recording-' || n FROM generate_series(1, ${rows}) AS n,
      LATERAL (VALUES ('agent:agent-' || n % 500), ('partition:/sales/' || n % 20)) AS owners (owner);
  INSERT INTO unindexed_media (recording_id, media_id, contact_center, missing, attempts, next_attempt)
    SELECT 'recording-' || n, 'media', 'cc-1', 'inspection', n % 2, 0 FROM generate_series(1, ${rows}) AS n;
  INSERT INTO rewrap_job (id, contact_center, created_at, state, document)
    SELECT 'run-' || n, 'cc-1', '2026-01-01', CASE n WHEN 77 THEN 'running' ELSE 'done' END, '{}'
    FROM generate_series(1, ${rows}) AS n;
  `;
