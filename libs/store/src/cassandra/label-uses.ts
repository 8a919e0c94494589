import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { CassandraDatabase } from './cassandra-database.js';
import { decidedRow } from './guarded-row.js';

/** Uses of one label are spread over so many partitions. */
const slots = 32;
const pageSize = 100;
/** How long somebody who puts a label may take from the row of its use to the label. */
const patienceMs = 2000;
const pauseMs = 20;

/** One label on one recording, by one act. */
export interface LabelUse {
  readonly contactCenter: string;
  readonly name: string;
  readonly recordingId: string;
  readonly act: string;
}

const slotOf = (recordingId: string): number => createHash('sha256').update(recordingId).digest().readUInt8(0) % slots;

/** Written before the label is put, so that whoever looks for uses misses none. */
export async function noteLabelUse(database: CassandraDatabase, use: LabelUse): Promise<void> {
  const text = 'INSERT INTO label_use (contact_center, name, slot, recording_id, act) VALUES (?, ?, ?, ?, ?)';
  const { contactCenter, name, recordingId, act } = use;
  await database.run(text, [contactCenter, name, slotOf(recordingId), recordingId, act]);
}

export async function forgetLabelUse(database: CassandraDatabase, use: LabelUse): Promise<void> {
  const text = `DELETE FROM label_use
                WHERE contact_center = ? AND name = ? AND slot = ? AND recording_id = ? AND act = ?`;
  const { contactCenter, name, recordingId, act } = use;
  await database.run(text, [contactCenter, name, slotOf(recordingId), recordingId, act]);
}

/** Whether a recording bears the label. What dead processes left is cleared on the way. */
export async function isLabelInUse(database: CassandraDatabase, contactCenter: string, name: string): Promise<boolean> {
  for (let slot = 0; slot < slots; slot++) {
    if (await isInUseIn(database, { contactCenter, name }, slot)) return true;
  }
  return false;
}

async function isInUseIn(
  database: CassandraDatabase,
  label: Pick<LabelUse, 'contactCenter' | 'name'>,
  slot: number,
): Promise<boolean> {
  const text = `SELECT recording_id, act FROM label_use
                WHERE contact_center = ? AND name = ? AND slot = ? AND (recording_id, act) > (?, ?) LIMIT ?`;
  let after: readonly [string, string] = ['', ''];
  for (;;) {
    const { rows } = await database.run(text, [label.contactCenter, label.name, slot, ...after, pageSize]);
    for (const row of rows) {
      after = [row['recording_id'] as string, row['act'] as string];
      if (await isBorne(database, { ...label, recordingId: after[0], act: after[1] })) return true;
    }
    if (rows.length < pageSize) return false;
  }
}

/** Waits for whoever is putting it at this moment. */
async function isBorne(database: CassandraDatabase, use: LabelUse): Promise<boolean> {
  const end = performance.now() + patienceMs;
  const text = `SELECT act FROM label_use
                WHERE contact_center = ? AND name = ? AND slot = ? AND recording_id = ? AND act = ?`;
  const { contactCenter, name, recordingId, act } = use;
  while (performance.now() < end) {
    const row = await decidedRow(database, recordingId);
    if (row?.labels.get(name)?.act === act) return true;
    const noted = await database.first(text, [contactCenter, name, slotOf(recordingId), recordingId, act]);
    if (noted === undefined) return false;
    await setTimeout(pauseMs);
  }
  await forgetLabelUse(database, use);
  return false;
}
