import type { Recording } from '../recordings/recording.js';
import type { Gone, RemovalOrderStore } from '../removal/removal-order-store.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { foundRow, isThere, type GuardedRow } from './guarded-row.js';
import { markIn, withoutMedia } from './removal-mark.js';

/** So many reads of single recordings at a time. */
const readsAtOnce = 20;

/**
 * Recordings as they may be seen: inserted to the end, and without what was removed. What the ledger has stays hidden whatever
 * Cassandra says, so that nothing plays that a restored snapshot brought back.
 */
export class VisibleRecordings {
  constructor(
    private readonly database: CassandraDatabase,
    private readonly orders: RemovalOrderStore,
  ) {}

  async find(id: string): Promise<Recording | undefined> {
    return (await this.of([id]))[0];
  }

  /** Those of the ids that there are, in the order of the ids. */
  async of(ids: readonly string[]): Promise<readonly Recording[]> {
    return (await this.rowsOf(ids)).map(({ recording }) => recording);
  }

  /** Their rows, with the recordings as they may be seen. */
  async rowsOf(ids: readonly string[]): Promise<readonly GuardedRow[]> {
    const found: GuardedRow[] = [];
    for (let from = 0; from < ids.length; from += readsAtOnce) {
      const some = ids.slice(from, from + readsAtOnce);
      const rows = await Promise.all(some.map(id => foundRow(this.database, id)));
      const there = rows.filter(isThere);
      // Asked last: a row that a removal has deleted is in the ledger by then.
      const gone = there.length === 0 ? new Map<string, Gone>() : await this.orders.goneOf(some);
      found.push(...there.flatMap(row => visibleRow(row, gone.get(row.recording.id)) ?? []));
    }
    return found;
  }
}

function visibleRow(row: GuardedRow, gone: Gone | undefined): GuardedRow | undefined {
  if (gone?.isWhole === true) return undefined;
  const marked = row.removal === null ? [] : (markIn(row.removal).mediaIds ?? []);
  const isGone = (mediaId: string): boolean => marked.includes(mediaId) || gone?.mediaIds.has(mediaId) === true;
  return { ...row, recording: withoutMedia(row.recording, isGone) };
}
