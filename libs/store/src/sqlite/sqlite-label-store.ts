import type Database from 'better-sqlite3';
import type { LabelDefinition, LabelStore, RecordingLabel } from '../labels/label-store.js';
import { grouped } from '../labels/grouped.js';
import type { DatabaseReader } from './reading/database-reader.js';
import { storedThing } from './stored-thing.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import type { WriteHandlers } from './writing/write-operation.js';

type Named = { readonly contactCenter: string; readonly name: string };
type LabelWrites = {
  defineLabel: { input: LabelDefinition; result: boolean };
  redefineLabel: { input: LabelDefinition; result: boolean };
  undefineLabel: { input: Named; result: 'removed' | 'unknown' | 'in-use' };
  putLabel: { input: RecordingLabel & { recordingId: string }; result: 'added' | 'present' | 'unknown' };
  removeLabel: { input: { recordingId: string; name: string }; result: boolean };
};

const columns = 'contact_center AS contactCenter, name, display_name AS displayName, description';

class SqliteLabelStore implements LabelStore {
  private readonly definitionsStatement;
  private readonly labelsStatement;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<LabelWrites>,
  ) {
    const { database } = reader;
    this.definitionsStatement = database.prepare<[string], LabelDefinition>(
      `SELECT ${columns} FROM label_definition WHERE contact_center = ? ORDER BY name`,
    );
    this.labelsStatement = database.prepare<[string], RecordingLabel & { recordingId: string }>(
      `SELECT recording_id AS recordingId, name, user, time FROM recording_label
       WHERE recording_id IN (SELECT value FROM json_each(?)) ORDER BY name`,
    );
  }

  define(definition: LabelDefinition): Promise<boolean> {
    return this.writer.write('defineLabel', definition);
  }

  redefine(definition: LabelDefinition): Promise<boolean> {
    return this.writer.write('redefineLabel', definition);
  }

  undefine(contactCenter: string, name: string): Promise<'removed' | 'unknown' | 'in-use'> {
    return this.writer.write('undefineLabel', { contactCenter, name });
  }

  definitions(contactCenter: string): Promise<readonly LabelDefinition[]> {
    return this.reader.read(() => this.definitionsStatement.all(contactCenter));
  }

  put(recordingId: string, label: RecordingLabel): Promise<'added' | 'present' | 'unknown'> {
    return this.writer.write('putLabel', { recordingId, ...label });
  }

  remove(recordingId: string, name: string): Promise<boolean> {
    return this.writer.write('removeLabel', { recordingId, name });
  }

  of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, readonly RecordingLabel[]>> {
    return this.reader.read(() => grouped(this.labelsStatement.all(JSON.stringify(recordingIds))));
  }
}

function labelWrites(database: Database.Database): WriteHandlers<LabelWrites> {
  const define = database.prepare<LabelDefinition>(
    `INSERT INTO label_definition (contact_center, name, display_name, description)
     VALUES (@contactCenter, @name, @displayName, @description) ON CONFLICT DO NOTHING`,
  );
  const redefine = database.prepare<LabelDefinition>(
    `UPDATE label_definition SET display_name = @displayName, description = @description
     WHERE contact_center = @contactCenter AND name = @name`,
  );
  const undefine = database.prepare<Named>(
    'DELETE FROM label_definition WHERE contact_center = @contactCenter AND name = @name',
  );
  const inUse = database.prepare<Named>(
    'SELECT 1 FROM recording_label WHERE contact_center = @contactCenter AND name = @name LIMIT 1',
  );
  const definedFor = database
    .prepare<[string, string], string>(
      `SELECT recording.contact_center FROM recording JOIN label_definition USING (contact_center)
       WHERE recording.id = ? AND label_definition.name = ?`,
    )
    .pluck();
  const put = database.prepare<[string, string, string, string, string]>(
    `INSERT INTO recording_label (recording_id, contact_center, name, user, time) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const remove = database.prepare<[string, string]>('DELETE FROM recording_label WHERE recording_id = ? AND name = ?');
  return {
    defineLabel: definition => define.run(definition).changes === 1,
    redefineLabel: definition => redefine.run(definition).changes === 1,
    undefineLabel(named) {
      if (inUse.get(named) !== undefined) return 'in-use';
      return undefine.run(named).changes === 1 ? 'removed' : 'unknown';
    },
    putLabel({ recordingId, name, user, time }) {
      const contactCenter = definedFor.get(recordingId, name);
      if (contactCenter === undefined) return 'unknown';
      return put.run(recordingId, contactCenter, name, user, time).changes === 1 ? 'added' : 'present';
    },
    removeLabel: ({ recordingId, name }) => remove.run(recordingId, name).changes === 1,
  };
}

export const labels = storedThing<LabelWrites, LabelStore>({
  migrations: [
    {
      version: 10,
      worksWithCodeOf: 1,
      sql: `
        CREATE TABLE label_definition (
          contact_center TEXT NOT NULL,
          name TEXT NOT NULL,
          display_name TEXT NOT NULL,
          description TEXT NOT NULL,
          PRIMARY KEY (contact_center, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE recording_label (
          recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
          contact_center TEXT NOT NULL,
          name TEXT NOT NULL,
          user TEXT NOT NULL,
          time TEXT NOT NULL, -- ISO 8601
          PRIMARY KEY (recording_id, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX recording_label_by_name ON recording_label (contact_center, name);
      `,
    },
  ],
  writes: labelWrites,
  open: (reader, writer) => new SqliteLabelStore(reader, writer),
});
