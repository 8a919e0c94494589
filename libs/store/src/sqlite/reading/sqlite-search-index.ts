import type { Statement } from 'better-sqlite3';
import type { RecordingSearch, SearchPosition } from '../../recording-search/recording-search-store.js';
import type { SearchCandidate, SearchIndex, SearchStretch } from '../../recording-search/search-pages.js';
import { sortedRows, type SearchPlan } from '../../recording-search/search-plan.js';
import { bounds, endOfPrefix } from '../../recording-search/search-bounds.js';
import type { Recording } from '../../recordings/recording.js';
import type { DatabaseReader } from './database-reader.js';

type Values = Readonly<Record<string, string | number>>;

/** The index of recordings, read in stretches by prepared statements. */
export class SqliteSearchIndex implements SearchIndex {
  private readonly statements = new Map<string, Statement<[Values], SearchCandidate>>();

  constructor(private readonly reader: DatabaseReader) {}

  isRare(contactCenter: string, by: 'caller' | 'dialed', prefix: string): Promise<boolean> {
    const text = `SELECT 1 FROM recording_search
                  WHERE contact_center = ? AND ${by} >= ? AND ${by} < ? LIMIT 1 OFFSET ${sortedRows}`;
    return this.reader.read(
      () => this.reader.database.prepare(text).get(contactCenter, prefix, endOfPrefix(prefix)) === undefined,
    );
  }

  candidates({ plan, search, position, towards, count }: SearchStretch): Promise<readonly SearchCandidate[]> {
    const values = { contactCenter: search.contactCenter, count, ...bounds(search, position, towards) };
    return this.reader.read(() => {
      if (plan.by !== 'owners') {
        const { text, more } = rowsOf(plan);
        return this.prepared(text, towards).all({ ...values, ...more });
      }
      const statement = this.prepared(ownedRows, towards);
      return firstOf(
        plan.owners.map(owner => statement.all({ ...values, owner })),
        towards,
        count,
      );
    });
  }

  belongsTo({ contactCenter, owners = [] }: RecordingSearch, { startTime, id }: SearchCandidate): Promise<boolean> {
    const text = `SELECT 1 FROM recording_owner
                  WHERE contact_center = ? AND owner = ? AND start_time = ? AND recording_id = ?`;
    return this.reader.read(() => {
      const statement = this.reader.database.prepare(text);
      return owners.some(owner => statement.get(contactCenter, owner, startTime, id) !== undefined);
    });
  }

  documents(ids: readonly string[]): Promise<readonly Recording[]> {
    return this.reader.read(() => {
      const statement = this.reader.database
        .prepare<[string], string>('SELECT document FROM recording WHERE id = ?')
        .pluck();
      return ids.flatMap(id => {
        const document = statement.get(id);
        return document === undefined ? [] : [JSON.parse(document) as Recording];
      });
    });
  }

  private prepared(text: string, towards: SearchStretch['towards']): Statement<[Values], SearchCandidate> {
    const whole = `${text} ${towards === 'older' ? olderRows : newerRows}`;
    const known = this.statements.get(whole);
    if (known !== undefined) return known;
    const made = this.reader.database.prepare<[Values], SearchCandidate>(whole);
    this.statements.set(whole, made);
    return made;
  }
}

const columns = 's.start_time AS startTime, s.recording_id AS id, s.region, s.caller, s.dialed';
const within = 's.start_time >= @from AND s.start_time < @before';
const olderRows = `AND (s.start_time, s.recording_id) <= (@startTime, @id)
                   ORDER BY s.start_time DESC, s.recording_id DESC LIMIT @count`;
const newerRows = `AND (s.start_time, s.recording_id) > (@startTime, @id)
                   ORDER BY s.start_time, s.recording_id LIMIT @count`;
const rowsBy = (index: string): string =>
  `SELECT ${columns} FROM recording_search AS s ${index} WHERE s.contact_center = @contactCenter AND ${within}`;
// A cross join keeps the order that is written: SQLite reads the owner's rows as they are sorted.
const ownedRows = `
  SELECT ${columns.replace('s.start_time', 'o.start_time').replace('s.recording_id', 'o.recording_id')}
  FROM recording_owner AS o CROSS JOIN recording_search AS s
    ON s.contact_center = o.contact_center AND s.start_time = o.start_time AND s.recording_id = o.recording_id
  WHERE o.contact_center = @contactCenter AND o.owner = @owner AND ${within.replaceAll('s.', 'o.')}`;

function rowsOf(plan: Exclude<SearchPlan, { by: 'owners' }>): { text: string; more: Values } {
  if (plan.by === 'time') return { text: rowsBy(''), more: {} };
  // SQLite knows nothing of how few recordings have a number, and would read all of the contact center by time.
  const rows = rowsBy(`INDEXED BY recording_search_by_${plan.by}`);
  if ('number' in plan) return { text: `${rows} AND s.${plan.by} = @number`, more: { number: plan.number } };
  const more = { prefix: plan.prefix, end: endOfPrefix(plan.prefix) };
  return { text: `${rows} AND s.${plan.by} >= @prefix AND s.${plan.by} < @end`, more };
}

/** The first of several lists that are in order, each recording once. */
function firstOf(
  lists: readonly (readonly SearchCandidate[])[],
  towards: SearchStretch['towards'],
  count: number,
): readonly SearchCandidate[] {
  const all = new Map(lists.flat().map(row => [row.id, row]));
  const ascending = [...all.values()].sort(compare);
  return (towards === 'older' ? ascending.reverse() : ascending).slice(0, count);
}

function compare(one: SearchPosition, other: SearchPosition): number {
  return one.startTime - other.startTime || Buffer.compare(Buffer.from(one.id), Buffer.from(other.id));
}
