import type Database from 'better-sqlite3';
import type { RemovalAct, SettledRemoval } from '../../removal/removal-order-store.js';
import type { RemovalClaim } from '../../removal/removal-store.js';
import { ClaimedRows } from './claimed-rows.js';
import { RemovalTable } from './removal-table.js';
import type { WriteHandlers } from './write-operation.js';

export type RemovalOrderWrites = {
  beginRemoval: { input: { act: RemovalAct; nextAttempt: number }; result: null };
  awaitErasure: { input: RemovalAct; result: null };
  endRemoval: { input: { recordingId: string; act: string | null }; result: null };
  claimRemovalOrders: { input: RemovalClaim; result: readonly RemovalAct[] };
  postponeRemovalOrder: { input: { recordingId: string; nextAttempt: number }; result: null };
  settleRemoval: { input: SettledRemoval; result: null };
};

type OrderValues = [string, string, string, string, string, string, string, number];

export function removalOrderWrites(database: Database.Database): WriteHandlers<RemovalOrderWrites> {
  const rows = new RemovalTable(database);
  const begin = database.prepare<OrderValues>(
    `INSERT INTO removal_order (recording_id, act, contact_center, kind, user, reason, time, next_attempt)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const end = database.prepare<[string, string | null]>(
    'DELETE FROM removal_order WHERE recording_id = ? AND act = ifnull(?, act)',
  );
  const orders = new ClaimedRows<RemovalAct>(database, {
    table: 'removal_order',
    key: 'recording_id, act',
    columns: 'recording_id AS recordingId, act, contact_center AS contactCenter, kind, user, reason, time',
  });
  const postpone = database.prepare<[number, string]>(
    `UPDATE removal_order SET next_attempt = ? WHERE recording_id = ? AND act = ''`,
  );
  const add = (order: RemovalAct, act: string, nextAttempt: number): void => {
    const { recordingId, contactCenter, kind, user, reason, time } = order;
    begin.run(recordingId, act, contactCenter, kind, user, reason, time, nextAttempt);
  };

  return {
    beginRemoval({ act, nextAttempt }) {
      add(act, act.act, nextAttempt);
      return null;
    },
    awaitErasure(order) {
      add(order, '', 0);
      if (order.act !== '') end.run(order.recordingId, order.act);
      return null;
    },
    endRemoval({ recordingId, act }) {
      end.run(recordingId, act);
      return null;
    },
    claimRemovalOrders: claim => orders.claim(claim),
    postponeRemovalOrder({ recordingId, nextAttempt }) {
      postpone.run(nextAttempt, recordingId);
      return null;
    },
    settleRemoval(removal) {
      rows.settle(removal);
      return null;
    },
  };
}
