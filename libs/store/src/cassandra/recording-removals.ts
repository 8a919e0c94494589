import { randomUUID } from 'node:crypto';
import { RcsError } from '#platform';
import { removalPlan } from '../removal/removal-plan.js';
import { refusalOfRemoval } from '../removal/removal-refusal.js';
import type { RemovalOrderStore } from '../removal/removal-order-store.js';
import type { LedgerEntry, RemovalOrder, RemovalOutcome } from '../removal/removal-store.js';
import type { ClaimedLocation } from '../recordings/recording-store.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { decidedRow, type GuardedRow } from './guarded-row.js';
import { forgetLabelUse } from './label-uses.js';
import { markedFiles, markIn, withoutMedia, type RemovalMark } from './removal-mark.js';
import { removeFromSearch, removeMediaTraces } from './recording-traces.js';

/**
 * Removes rows. One lightweight transaction decides, on what holds and protects the recording at that moment, and hides it;
 * the ledger and the stored files' removal follow in one transaction of the store; then all rows go, that of the recording
 * last. Each step may be carried out again, by anybody.
 */
export class RecordingRemovals {
  constructor(
    private readonly database: CassandraDatabase,
    private readonly orders: RemovalOrderStore,
  ) {}

  /**
   * @param act the same when it is carried out again.
   * @throws RcsError RCS_RECORDING_PROTECTED, RCS_RECORDING_HELD for a deletion of what must be kept.
   */
  async decide(
    { recordingId, contactCenter, kind, time }: RemovalOrder,
    locations: readonly ClaimedLocation[],
    { act, before }: { readonly act: string; readonly before: number },
  ): Promise<RemovalOutcome> {
    for (;;) {
      const row = await this.finishedRow(recordingId, act);
      if (row?.removal) return markIn(row.removal).mediaIds === undefined ? 'removed' : 'partly';
      if (row?.complete !== true || row.recording.contactCenter !== contactCenter) return 'unknown';
      const gone = (await this.orders.goneOf([recordingId])).get(recordingId);
      if (gone?.isWhole === true) return 'unknown';
      const recording = withoutMedia(row.recording, mediaId => gone?.mediaIds.has(mediaId) === true);
      const obstacles = { isProtected: row.protection !== undefined, holds: row.holds };
      // A hold that is over by the clock of the gateway alone still holds.
      const now = await this.orders.notAhead(Date.parse(time));
      const { removed, kept, keptBy } = removalPlan(recording, obstacles, now);
      if (keptBy !== undefined && (kind === 'deleted' || kind === 'unmounted'))
        throw refusalOfRemoval(recordingId, keptBy);
      if (kept.length > 0 && removed.length === 0) return 'kept';
      // Later, somebody else may have given the act up.
      if (Date.now() > before)
        throw new RcsError('RCS_STORE_UNAVAILABLE', `the removal of ${recordingId} took too long`);
      const mediaIds = kept.length === 0 ? {} : { mediaIds: removed.map(({ mediaId }) => mediaId) };
      await this.mark(row, { recordingId, contactCenter, kind, time, ...mediaIds, locations, act });
    }
  }

  /** @returns false where nothing was there; the ledger has it in any case. */
  async replay(
    { recordingId, contactCenter, kind, time, mediaId }: Omit<LedgerEntry, 'number'>,
    locations: readonly ClaimedLocation[],
  ): Promise<boolean> {
    const act = randomUUID();
    const removal = {
      recordingId,
      contactCenter,
      kind,
      time,
      ...(mediaId === undefined ? {} : { mediaIds: [mediaId] }),
    };
    for (;;) {
      const row = await this.finishedRow(recordingId, act);
      if (row?.removal) {
        await this.finish(row);
        return true;
      }
      const isThere = row?.recording.contactCenter === contactCenter && markedFiles(row.recording, removal).length > 0;
      if (!isThere && (row?.recording.contactCenter !== contactCenter || mediaId !== undefined)) {
        await this.orders.settle({ ...removal, mediaFiles: [], locations: [] });
        return false;
      }
      await this.mark(row, { ...removal, locations, act });
    }
  }

  /** Brings what was decided about a recording to its end. False where nothing was. */
  async resume(recordingId: string): Promise<boolean> {
    const row = await decidedRow(this.database, recordingId);
    if (row === undefined || row.removal === null) return false;
    await this.finish(row);
    return true;
  }

  /** Everything behind the decision. */
  async finish({ recording, removal, labels }: GuardedRow): Promise<void> {
    if (removal === null) return;
    const mark = markIn(removal);
    const { id } = recording;
    const mediaFiles = markedFiles(recording, mark);
    const { recordingId, contactCenter, kind, time, mediaIds, locations } = mark;
    const whole = mediaIds === undefined;
    if (kind !== 'unmounted') {
      const settled = { recordingId, contactCenter, kind, time, mediaFiles, locations };
      await this.orders.settle({ ...settled, ...(whole ? {} : { mediaIds }) });
    }
    for (const { mediaId } of mediaFiles) await removeMediaTraces(this.database, id, mediaId, mark.locations);
    if (whole) {
      await removeFromSearch(this.database, recording);
      for (const [name, { act }] of labels) {
        await forgetLabelUse(this.database, { contactCenter, name, recordingId, act });
      }
      await this.database.runIf('DELETE FROM recording WHERE id = ? IF removal = ?', [id, removal]);
      await this.orders.end(id);
      return;
    }
    const document = JSON.stringify(withoutMedia(recording, mediaId => mediaIds.includes(mediaId)));
    const text = 'UPDATE recording SET document = ?, removal = null, revision = ? WHERE id = ? IF removal = ?';
    // The act is not over: an erasure waits for the rest.
    await this.database.runIf(text, [document, randomUUID(), id, removal]);
  }

  /** The row as it is when what others decided is finished; with this act's own mark where that is the one. */
  private async finishedRow(id: string, act: string): Promise<GuardedRow | undefined> {
    for (;;) {
      const row = await decidedRow(this.database, id);
      if (row === undefined || row.removal === null || markIn(row.removal).act === act) return row;
      await this.finish(row);
    }
  }

  private async mark(row: GuardedRow | undefined, mark: RemovalMark): Promise<void> {
    if (row === undefined) return;
    const text =
      'UPDATE recording SET removal = ?, revision = ? WHERE id = ? IF removal = null AND revision = ? AND inserted_by = ?';
    const values = [JSON.stringify(mark), mark.act, mark.recordingId, row.revision, row.insertedBy];
    await this.database.runIf(text, values);
  }
}
