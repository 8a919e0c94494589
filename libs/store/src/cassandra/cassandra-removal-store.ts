import { randomUUID } from 'node:crypto';
import { locationDigest } from '../removal/location-digest.js';
import type { Gone, RemovalOrderStore } from '../removal/removal-order-store.js';
import type {
  BroughtBack,
  RemovalClaim,
  RemovalOrder,
  RemovalOutcome,
  RemovalStore,
} from '../removal/removal-store.js';
import type { ClaimedLocation } from '../recordings/recording-store.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { decidedRow, foundRow, type GuardedRow } from './guarded-row.js';
import { overridden } from './overridden.js';
import { RecordingRemovals } from './recording-removals.js';
import { markedFiles, markIn } from './removal-mark.js';

/** Nobody else takes an act up before: longer than any may take. */
const leaseMs = 120_000;
/** No act decides later than this. */
const decidesWithinMs = 60_000;
const readsAtOnce = 20;

/**
 * Removals of recordings in Cassandra. An act is noted in the store before anything is decided there, so that whoever finds
 * its lease over finishes it; the ledger and the queue of stored files are the store's.
 */
export function removalsInCassandra(
  { removals, removalOrders }: { readonly removals: RemovalStore; readonly removalOrders: RemovalOrderStore },
  database: CassandraDatabase,
): RemovalStore {
  const acts = new RemovalActs(database, removals, removalOrders);
  return overridden(removals, {
    remove: (order, locations) => acts.remove(order, locations),
    replay: (entry, locations) => database.operation(() => acts.rows.replay(entry, locations)),
    isNamed: location => database.operation(() => acts.isNamed(location)),
    claimErasures: claim => acts.claimErasures(claim),
    postponeErasure: (recordingId, nextAttempt) => removalOrders.postpone(recordingId, nextAttempt),
    broughtBack: (after, limit) => acts.broughtBack(after, limit),
  });
}

class RemovalActs {
  readonly rows: RecordingRemovals;

  constructor(
    private readonly database: CassandraDatabase,
    private readonly removals: RemovalStore,
    private readonly orders: RemovalOrderStore,
  ) {
    this.rows = new RecordingRemovals(database, orders);
  }

  async remove(order: RemovalOrder, locations: readonly ClaimedLocation[]): Promise<RemovalOutcome> {
    const act = { ...order, act: randomUUID() };
    const begun = Date.now();
    await this.orders.begin(act, (await this.orders.notAhead(begun)) + leaseMs);
    const mine = { act: act.act, before: begun + decidesWithinMs };
    let outcome: RemovalOutcome;
    try {
      outcome = await this.database.operation(() => this.rows.decide(order, locations, mine));
    } catch (error) {
      // Whether it was decided is not known where nodes do not answer: then whoever takes the act up finds out.
      if (isRefusal(error)) await this.orders.end(order.recordingId, act.act);
      throw error;
    }
    if (outcome === 'removed' || outcome === 'partly') {
      await this.database.operation(() => this.rows.resume(order.recordingId));
    }
    if (order.kind === 'erased' && (outcome === 'partly' || outcome === 'kept')) await this.orders.wait(act);
    else await this.orders.end(order.recordingId, act.act);
    return outcome;
  }

  /** Finishes what was decided, forgets what was not, and answers erasures that waited. */
  async claimErasures(claim: RemovalClaim): Promise<readonly RemovalOrder[]> {
    const due: RemovalOrder[] = [];
    for (const { act, ...order } of await this.orders.claim(claim)) {
      const { recordingId, kind } = order;
      await this.database.operation(() => this.rows.resume(recordingId));
      const row = await this.database.operation(() => decidedRow(this.database, recordingId));
      if (row === undefined) await this.orders.end(recordingId);
      else if (act === '') due.push(order);
      else if (kind === 'erased') await this.orders.wait({ ...order, act });
      else await this.orders.end(recordingId, act);
    }
    return due;
  }

  /** Rows of insertions that are under way count: they have named the place before they look who clears it. */
  async isNamed(location: string): Promise<boolean> {
    const text = 'SELECT recording_id, media_id FROM media_location WHERE location = ?';
    const { rows } = await this.database.run(text, [locationDigest(location)]);
    for (const row of rows) {
      const id = row['recording_id'] as string;
      const found = await decidedRow(this.database, id);
      const gone = (await this.orders.goneOf([id])).get(id);
      if (found !== undefined && names(found, row['media_id'] as string, gone)) return true;
    }
    return false;
  }

  async broughtBack(after: number, limit: number) {
    const entries = await this.removals.ledger(after, limit);
    const recordings: BroughtBack[] = [];
    for (let from = 0; from < entries.length; from += readsAtOnce) {
      const some = entries.slice(from, from + readsAtOnce);
      const found = await this.database.operation(() =>
        Promise.all(some.map(({ recordingId }) => foundRow(this.database, recordingId))),
      );
      for (const [index, entry] of some.entries()) {
        const recording = found[index]?.recording;
        const { mediaId, contactCenter } = entry;
        if (recording?.contactCenter !== contactCenter) continue;
        const files = markedFiles(recording, mediaId === undefined ? {} : { mediaIds: [mediaId] });
        if (mediaId === undefined || files.length > 0) recordings.push({ entry, recording });
      }
    }
    const last = entries.at(-1)?.number;
    return { recordings, ...(entries.length < limit || last === undefined ? {} : { next: last }) };
  }
}

function names(row: GuardedRow, mediaId: string, gone: Gone | undefined): boolean {
  if (gone?.isWhole === true || gone?.mediaIds.has(mediaId) === true) return false;
  const going = row.removal === null ? [] : markedFiles(row.recording, markIn(row.removal));
  return row.recording.mediaFiles.some(file => file.mediaId === mediaId && !going.includes(file));
}

const isRefusal = (error: unknown): boolean =>
  ['RCS_RECORDING_PROTECTED', 'RCS_RECORDING_HELD'].includes((error as { readonly code?: string }).code ?? '');
