import type { RecordingSearch } from '../recording-search/recording-search-store.js';
import { bounds, endOfPrefix } from '../recording-search/search-bounds.js';
import type { SearchCandidate, SearchIndex, SearchStretch } from '../recording-search/search-pages.js';
import { sortedRows, type SearchPlan } from '../recording-search/search-plan.js';
import type { Recording } from '../recordings/recording.js';
import { documentsIn } from './document-row.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import type { SqlValue } from './sql.js';

/** The index of recordings, read in stretches. */
export class PostgresqlSearchIndex implements SearchIndex {
  constructor(private readonly database: PostgresqlDatabase) {}

  async isRare(contactCenter: string, by: 'caller' | 'dialed', prefix: string): Promise<boolean> {
    const text = `SELECT 1 FROM recording_search
                  WHERE contact_center = $1 AND ${by} >= $2 AND ${by} < $3 LIMIT 1 OFFSET ${sortedRows}`;
    const values = [contactCenter, prefix, endOfPrefix(prefix)];
    return (await this.database.read(sql => sql.first(text, values))) === undefined;
  }

  candidates({ plan, search, position, towards, count }: SearchStretch): Promise<readonly SearchCandidate[]> {
    const { from, before, startTime, id } = bounds(search, position, towards);
    const { text, more } = statement(plan, towards);
    const values: SqlValue[] = [search.contactCenter, from, before, startTime, id, count, ...more];
    return this.database.read(sql => sql.all<SearchCandidate>(text, values));
  }

  async belongsTo(
    { contactCenter, owners = [] }: RecordingSearch,
    { startTime, id }: SearchCandidate,
  ): Promise<boolean> {
    const text = `SELECT 1 FROM recording_owner
                  WHERE contact_center = $1 AND owner = ANY($2::text[]) AND start_time = $3 AND recording_id = $4`;
    return (await this.database.read(sql => sql.first(text, [contactCenter, owners, startTime, id]))) !== undefined;
  }

  documents(ids: readonly string[]): Promise<readonly Recording[]> {
    const text = 'SELECT document FROM recording WHERE id = ANY($1::text[])';
    return this.database.read(sql => documentsIn<Recording>(sql, text, [ids]));
  }
}

const columns = 's.start_time AS "startTime", s.recording_id AS id, s.region, s.caller, s.dialed';

function statement(plan: SearchPlan, towards: SearchStretch['towards']): { text: string; more: readonly SqlValue[] } {
  const [sign, direction] = towards === 'older' ? (['<=', 'DESC'] as const) : (['>', 'ASC'] as const);
  const inOrder = (row: string) => `ORDER BY ${row}.start_time ${direction}, ${row}.recording_id ${direction} LIMIT $6`;
  const within = (row: string) =>
    `${row}.contact_center = $1 AND ${row}.start_time >= $2 AND ${row}.start_time < $3
     AND (${row}.start_time, ${row}.recording_id) ${sign} ($4, $5)`;
  if (plan.by === 'owners') {
    // Of each owner the first rows, then the first of these.
    const text = `
      SELECT ${columns} FROM (
        SELECT DISTINCT o.start_time, o.recording_id
        FROM unnest($7::text[]) AS wanted (owner) CROSS JOIN LATERAL (
          SELECT r.start_time, r.recording_id FROM recording_owner AS r
          WHERE r.owner = wanted.owner AND ${within('r')} ${inOrder('r')}
        ) AS o
      ) AS s0 JOIN recording_search AS s
        ON s.contact_center = $1 AND s.start_time = s0.start_time AND s.recording_id = s0.recording_id
      ${inOrder('s')}`;
    return { text, more: [plan.owners] };
  }
  const { condition, more } = conditionOf(plan);
  const text = `SELECT ${columns} FROM recording_search AS s WHERE ${within('s')} ${condition} ${inOrder('s')}`;
  return { text, more };
}

function conditionOf(plan: Exclude<SearchPlan, { by: 'owners' }>): { condition: string; more: readonly SqlValue[] } {
  if (plan.by === 'time') return { condition: '', more: [] };
  if ('number' in plan) return { condition: `AND s.${plan.by} = $7`, more: [plan.number] };
  const condition = `AND s.${plan.by} >= $7 AND s.${plan.by} < $8`;
  return { condition, more: [plan.prefix, endOfPrefix(plan.prefix)] };
}
