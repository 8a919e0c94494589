import { randomUUID } from 'node:crypto';
import type { LabelDefinition, LabelStore, RecordingLabel } from '../labels/label-store.js';
import type { CassandraDatabase } from './cassandra-database.js';
import { beingRemoved, decidedRow, isThere } from './guarded-row.js';
import { forgetLabelUse, isLabelInUse, noteLabelUse } from './label-uses.js';
import { overridden } from './overridden.js';
import type { VisibleRecordings } from './visible-recordings.js';

/**
 * Labels of recordings in Cassandra, in the rows of the recordings; their definitions stay in the store. Who puts a label
 * notes its use, and then looks for the definition; who takes a definition away looks for uses after that: one of them sees
 * the other.
 */
export function labelsInCassandra(
  definitions: LabelStore,
  database: CassandraDatabase,
  visible: VisibleRecordings,
): LabelStore {
  const definitionOf = async (contactCenter: string, name: string): Promise<LabelDefinition | undefined> =>
    (await definitions.definitions(contactCenter)).find(one => one.name === name);

  return overridden(definitions, {
    put(recordingId, label) {
      const act = randomUUID();
      return database.operation(async () => {
        const contactCenter = (await visible.find(recordingId))?.contactCenter;
        if (contactCenter === undefined) return 'unknown';
        const use = { contactCenter, name: label.name, recordingId, act };
        await noteLabelUse(database, use);
        const isDefined = (await definitionOf(contactCenter, label.name)) !== undefined;
        const outcome = isDefined ? await putLabel(database, recordingId, label, act) : 'unknown';
        if (outcome !== 'added') await forgetLabelUse(database, use);
        return outcome;
      });
    },

    async remove(recordingId, name) {
      if (recordingId === '') return false;
      return database.operation(() => removeLabel(database, recordingId, name));
    },

    async undefine(contactCenter, name) {
      const definition = await definitionOf(contactCenter, name);
      if (definition === undefined) return 'unknown';
      const inUse = (): Promise<boolean> => database.operation(() => isLabelInUse(database, contactCenter, name));
      if (await inUse()) return 'in-use';
      const outcome = await definitions.undefine(contactCenter, name);
      if (outcome !== 'removed' || !(await inUse())) return outcome;
      await definitions.define(definition);
      return 'in-use';
    },

    of: recordingIds =>
      database.operation(async () => {
        const rows = await visible.rowsOf(recordingIds);
        return new Map(
          rows.flatMap(({ recording, labels }) => {
            const borne = [...labels].map(([name, { user, time }]) => ({ name, user, time }));
            borne.sort((one, other) => (one.name < other.name ? -1 : 1));
            return borne.length === 0 ? [] : [[recording.id, borne] as const];
          }),
        );
      }),
  });
}

async function putLabel(
  database: CassandraDatabase,
  recordingId: string,
  { name, user, time }: RecordingLabel,
  act: string,
): Promise<'added' | 'present' | 'unknown'> {
  const text = `UPDATE recording SET labels[?] = ? WHERE id = ?
                IF complete = true AND removal = null AND labels[?] = null`;
  const kept = JSON.stringify({ user, time, act });
  for (;;) {
    if (await database.runIf(text, [name, kept, recordingId, name])) return 'added';
    const row = await decidedRow(database, recordingId);
    if (!isThere(row)) return 'unknown';
    const present = row.labels.get(name);
    if (present !== undefined) return present.act === act ? 'added' : 'present';
    if (row.removal !== null) throw beingRemoved(recordingId);
  }
}

async function removeLabel(database: CassandraDatabase, recordingId: string, name: string): Promise<boolean> {
  for (;;) {
    const row = await decidedRow(database, recordingId);
    const label = row?.labels.get(name);
    if (row === undefined || label === undefined) return false;
    const text = 'UPDATE recording SET labels[?] = null WHERE id = ? IF labels[?] = ?';
    const values = [name, recordingId, name, JSON.stringify(label)];
    if (!(await database.runIf(text, values))) continue;
    const { contactCenter } = row.recording;
    await forgetLabelUse(database, { contactCenter, name, recordingId, act: label.act });
    return true;
  }
}
