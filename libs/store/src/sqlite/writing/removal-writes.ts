import type Database from 'better-sqlite3';
import { WriteRefused } from '../../group-commit/write-request.js';
import type { ClaimedLocation } from '../../recordings/recording-store.js';
import type { Recording } from '../../recordings/recording.js';
import { removalPlan } from '../../removal/removal-plan.js';
import type {
  LedgerEntry,
  RemovalClaim,
  RemovalOrder,
  RemovalOutcome,
  RemovedMedia,
} from '../../removal/removal-store.js';
import { ClaimedRows } from './claimed-rows.js';
import { RemovalTable } from './removal-table.js';
import type { WriteHandlers } from './write-operation.js';

type MediaName = { readonly recordingId: string; readonly mediaId: string };

export type RemovalWrites = {
  removeRecording: { input: { order: RemovalOrder; locations: readonly ClaimedLocation[] }; result: RemovalOutcome };
  replayRemoval: {
    input: { entry: Omit<LedgerEntry, 'number'>; locations: readonly ClaimedLocation[] };
    result: boolean;
  };
  claimRemovedMedia: { input: RemovalClaim; result: readonly RemovedMedia[] };
  noteMediaGone: { input: MediaName; result: null };
  postponeRemovedMedia: { input: MediaName & { reason: string; nextAttempt: number }; result: null };
  claimErasures: { input: RemovalClaim; result: readonly RemovalOrder[] };
  postponeErasure: { input: { recordingId: string; nextAttempt: number }; result: null };
};

export interface RemovedMediaRow extends Omit<RemovedMedia, 'mediaDescriptor' | 'reason'> {
  readonly descriptor: string;
  readonly reason: string | null;
}

export const removedMediaColumns = `recording_id AS recordingId, media_id AS mediaId, contact_center AS contactCenter,
  descriptor, attempts, reason`;

export function removedMediaOf({ descriptor, reason, ...row }: RemovedMediaRow): RemovedMedia {
  const mediaDescriptor = JSON.parse(descriptor) as RemovedMedia['mediaDescriptor'];
  return { ...row, mediaDescriptor, ...(reason === null ? {} : { reason }) };
}

export function removalWrites(database: Database.Database): WriteHandlers<RemovalWrites> {
  const rows = new RemovalTable(database);
  const find = database.prepare<[string], { readonly document: string }>('SELECT document FROM recording WHERE id = ?');
  const wait = database.prepare<[string, string, string, string, string]>(
    `INSERT INTO awaited_erasure (recording_id, contact_center, user, reason, time, next_attempt)
     VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`,
  );
  const media = new ClaimedRows<RemovedMediaRow>(database, {
    table: 'removed_media',
    key: 'recording_id, media_id',
    columns: removedMediaColumns,
  });
  const mediaGone = database.prepare<[string, string]>(
    'DELETE FROM removed_media WHERE recording_id = ? AND media_id = ?',
  );
  const postponeMedia = database.prepare<[number, string, string, string]>(
    `UPDATE removed_media SET attempts = attempts + 1, next_attempt = ?, reason = ?
     WHERE recording_id = ? AND media_id = ?`,
  );
  const erasures = new ClaimedRows<Omit<RemovalOrder, 'kind'>>(database, {
    table: 'awaited_erasure',
    key: 'recording_id',
    columns: 'recording_id AS recordingId, contact_center AS contactCenter, user, reason, time',
  });
  const postponeErasure = database.prepare<[number, string]>(
    'UPDATE awaited_erasure SET next_attempt = ? WHERE recording_id = ?',
  );
  const stored = (id: string, contactCenter: string): Recording | undefined => {
    const row = find.get(id);
    const recording = row === undefined ? undefined : (JSON.parse(row.document) as Recording);
    return recording?.contactCenter === contactCenter ? recording : undefined;
  };

  return {
    removeRecording({ order, locations }) {
      const { recordingId, contactCenter, kind, user, reason, time } = order;
      const recording = stored(recordingId, contactCenter);
      if (recording === undefined) return 'unknown';
      const { removed, kept, keptBy } = removalPlan(recording, rows.obstaclesOf(recordingId), Date.parse(time));
      if (keptBy !== undefined && (kind === 'deleted' || kind === 'unmounted')) throw refusalOf(recordingId, keptBy);
      if (kind === 'unmounted') {
        rows.forget(recordingId);
        return 'removed';
      }
      if (kept.length === 0) {
        rows.removeAll(recording, { ...order, kind }, locations);
        return 'removed';
      }
      if (removed.length > 0) rows.removeSome(recording, removed, { ...order, kind }, locations);
      if (kind === 'erased') wait.run(recordingId, contactCenter, user, reason, time);
      return removed.length > 0 ? 'partly' : 'kept';
    },

    replayRemoval({ entry, locations }) {
      const recording = stored(entry.recordingId, entry.contactCenter);
      rows.note(entry);
      if (recording === undefined) return false;
      const removed = recording.mediaFiles.filter(({ mediaId }) => mediaId === entry.mediaId);
      if (entry.mediaId === undefined) rows.removeAll(recording, entry, locations);
      else if (removed.length > 0) rows.removeSome(recording, removed, entry, locations);
      return entry.mediaId === undefined || removed.length > 0;
    },

    claimRemovedMedia: claim => media.claim(claim).map(removedMediaOf),
    noteMediaGone({ recordingId, mediaId }) {
      mediaGone.run(recordingId, mediaId);
      return null;
    },
    postponeRemovedMedia({ recordingId, mediaId, reason, nextAttempt }) {
      postponeMedia.run(nextAttempt, reason, recordingId, mediaId);
      return null;
    },
    claimErasures: claim => erasures.claim(claim).map(order => ({ ...order, kind: 'erased' })),
    postponeErasure({ recordingId, nextAttempt }) {
      postponeErasure.run(nextAttempt, recordingId);
      return null;
    },
  };
}

const refusalOf = (id: string, keptBy: 'protection' | 'hold'): WriteRefused =>
  keptBy === 'protection'
    ? new WriteRefused('RCS_RECORDING_PROTECTED', `recording ${id} is protected from deletion`)
    : new WriteRefused('RCS_RECORDING_HELD', `recording ${id}, or a media file of it, is on legal hold`);
