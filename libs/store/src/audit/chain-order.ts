import type { StoredAuditRecord } from './stored-audit-record.js';

type Records = AsyncIterable<StoredAuditRecord>;

/**
 * The records of several places by writer and sequence, where each place has that order. What lies in two places comes from
 * the first of them.
 */
export async function* inChainOrder(...places: readonly Records[]): Records {
  const iterators = places.map(place => place[Symbol.asyncIterator]());
  const next = await Promise.all(iterators.map(iterator => iterator.next()));
  for (;;) {
    const first = smallest(next.map(result => (result.done === true ? undefined : result.value)));
    if (first === undefined) return;
    yield first;
    for (const [index, iterator] of iterators.entries()) {
      const result = next[index];
      if (result?.done === false && compare(result.value, first) === 0) next[index] = await iterator.next();
    }
  }
}

function smallest(records: readonly (StoredAuditRecord | undefined)[]): StoredAuditRecord | undefined {
  return records.reduce(
    (first, record) => (record !== undefined && (first === undefined || compare(record, first) < 0) ? record : first),
    undefined,
  );
}

/** Names of writers are visible ASCII: the order is that of the database. */
function compare(a: StoredAuditRecord, b: StoredAuditRecord): number {
  if (a.writer !== b.writer) return a.writer < b.writer ? -1 : 1;
  return a.sequence - b.sequence;
}
