import { types } from 'cassandra-driver';
import type { RecordingSearch } from '../recording-search/recording-search-store.js';
import { bounds } from '../recording-search/search-bounds.js';
import type { SearchCandidate, SearchIndex, SearchStretch } from '../recording-search/search-pages.js';
import type { Recording } from '../recordings/recording.js';
import type { CassandraDatabase, CassandraValue } from './cassandra-database.js';
import { bucketOf, keysOfPlan } from './search-key.js';
import type { VisibleRecordings } from './visible-recordings.js';

type Direction = SearchStretch['towards'];

/** Rows between two places, in the order of a direction. */
interface Range {
  readonly direction: Direction;
  readonly low: Bound;
  readonly high: Bound;
}

interface Bound {
  readonly startTime: number;
  readonly id: string;
  readonly included: boolean;
}

/** The index of recordings, read in stretches, from one bucket of days to the next. */
export class CassandraSearchIndex implements SearchIndex {
  constructor(
    private readonly database: CassandraDatabase,
    private readonly visible: VisibleRecordings,
  ) {}

  /** Numbers are found by the whole of them; what begins so is looked for along the times. */
  isRare(): Promise<boolean> {
    return Promise.resolve(false);
  }

  candidates(stretch: SearchStretch): Promise<readonly SearchCandidate[]> {
    const { plan, search, towards, count } = stretch;
    const range = rangeOf(stretch);
    return this.database.operation(async () => {
      const keys = keysOfPlan(plan);
      const rows = await Promise.all(keys.map(key => this.rowsOf(search.contactCenter, key, range, count)));
      return inOrder(rows.flat(), towards).slice(0, count);
    });
  }

  belongsTo({ contactCenter, owners = [] }: RecordingSearch, { startTime, id }: SearchCandidate): Promise<boolean> {
    const text = `SELECT recording_id FROM recording_search
                  WHERE contact_center = ? AND key = ? AND bucket = ? AND start_time = ? AND recording_id = ?`;
    const start = types.Long.fromNumber(startTime);
    return this.database.operation(async () => {
      const values = owners.map(owner => [contactCenter, owner, bucketOf(owner, startTime), start, id]);
      const rows = await Promise.all(values.map(of => this.database.first(text, of)));
      return rows.some(row => row !== undefined);
    });
  }

  documents(ids: readonly string[]): Promise<readonly Recording[]> {
    return this.database.operation(() => this.visible.of(ids));
  }

  private async rowsOf(contactCenter: string, key: string, range: Range, count: number): Promise<SearchCandidate[]> {
    const found: SearchCandidate[] = [];
    for await (const bucket of this.bucketsOf(contactCenter, key, range)) {
      const { conditions, values, order } = within(range);
      const text = `SELECT start_time, recording_id, region, caller, dialed FROM recording_search
                    WHERE contact_center = ? AND key = ? AND bucket = ? AND ${conditions} ${order} LIMIT ?`;
      const limit = count - found.length;
      const { rows } = await this.database.run(text, [contactCenter, key, bucket, ...values, limit]);
      found.push(...rows.map(candidateIn));
      if (found.length >= count) break;
    }
    return found;
  }

  /** Buckets that have rows, those of the range, in the direction; a page at a time. */
  private async *bucketsOf(
    contactCenter: string,
    key: string,
    { direction, low, high }: Range,
  ): AsyncGenerator<number> {
    const order = `ORDER BY bucket ${direction === 'older' ? 'DESC' : 'ASC'} LIMIT ${bucketsAtOnce}`;
    const text = `SELECT bucket FROM recording_search_bucket
                  WHERE contact_center = ? AND key = ? AND bucket >= ? AND bucket <= ? ${order}`;
    let [first, last] = [bucketOf(key, low.startTime), bucketOf(key, high.startTime)];
    for (;;) {
      const { rows } = await this.database.run(text, [contactCenter, key, first, last]);
      const buckets = rows.map(row => row['bucket'] as number);
      yield* buckets;
      const end = buckets.at(-1);
      if (end === undefined || buckets.length < bucketsAtOnce) return;
      if (direction === 'older') last = end - 1;
      else first = end + 1;
    }
  }
}

const bucketsAtOnce = 50;

function rangeOf({ search, position, towards }: SearchStretch): Range {
  const { from, before, startTime, id } = bounds(search, position, towards);
  const low = { startTime: from, id: '', included: true };
  const high = { startTime: before, id: '', included: false };
  if (towards === 'older') {
    return { direction: towards, low, high: startTime < before ? { startTime, id, included: true } : high };
  }
  return { direction: towards, low: startTime >= from ? { startTime, id, included: false } : low, high };
}

function within({ direction, low, high }: Range): { conditions: string; values: CassandraValue[]; order: string } {
  const place = '(start_time, recording_id)';
  const way = direction === 'older' ? 'DESC' : 'ASC';
  return {
    conditions: `${place} >${low.included ? '=' : ''} (?, ?) AND ${place} <${high.included ? '=' : ''} (?, ?)`,
    values: [types.Long.fromNumber(low.startTime), low.id, types.Long.fromNumber(high.startTime), high.id],
    order: `ORDER BY start_time ${way}, recording_id ${way}`,
  };
}

function candidateIn(row: types.Row): SearchCandidate {
  return {
    startTime: (row['start_time'] as types.Long).toNumber(),
    id: row['recording_id'] as string,
    region: row['region'] as string,
    caller: row['caller'] as string,
    dialed: row['dialed'] as string,
  };
}

/** As the rows of one key are; a recording of several owners once. Ids compare by bytes of UTF-8, as Cassandra does. */
function inOrder(rows: readonly SearchCandidate[], direction: Direction): readonly SearchCandidate[] {
  const unique = [...new Map(rows.map(row => [row.id, row])).values()];
  const sign = direction === 'older' ? -1 : 1;
  return unique.sort(
    (one, other) =>
      sign * (one.startTime - other.startTime || Buffer.compare(Buffer.from(one.id), Buffer.from(other.id))),
  );
}
