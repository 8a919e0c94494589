import { grouped } from '../labels/grouped.js';
import type { LabelDefinition, LabelStore, RecordingLabel } from '../labels/label-store.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

const columns = 'contact_center AS "contactCenter", name, display_name AS "displayName", description';

export class PostgresqlLabelStore implements LabelStore {
  constructor(private readonly database: PostgresqlDatabase) {}

  async define({ contactCenter, name, displayName, description }: LabelDefinition): Promise<boolean> {
    const text = 'INSERT INTO label_definition VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING';
    const values = [contactCenter, name, displayName, description];
    return (await this.database.transaction(sql => sql.run(text, values))) === 1;
  }

  async redefine({ contactCenter, name, displayName, description }: LabelDefinition): Promise<boolean> {
    const text = `UPDATE label_definition SET display_name = $3, description = $4 WHERE contact_center = $1 AND name = $2`;
    const values = [contactCenter, name, displayName, description];
    return (await this.database.transaction(sql => sql.run(text, values))) === 1;
  }

  undefine(contactCenter: string, name: string): Promise<'removed' | 'unknown' | 'in-use'> {
    return this.database.transaction(async sql => {
      const named = [contactCenter, name];
      // Held, so that nobody puts the label on a recording meanwhile.
      const held = 'SELECT 1 FROM label_definition WHERE contact_center = $1 AND name = $2 FOR UPDATE';
      if ((await sql.first(held, named)) === undefined) return 'unknown';
      const inUse = 'SELECT 1 FROM recording_label WHERE contact_center = $1 AND name = $2 LIMIT 1';
      if ((await sql.first(inUse, named)) !== undefined) return 'in-use';
      await sql.run('DELETE FROM label_definition WHERE contact_center = $1 AND name = $2', named);
      return 'removed';
    });
  }

  definitions(contactCenter: string): Promise<readonly LabelDefinition[]> {
    const text = `SELECT ${columns} FROM label_definition WHERE contact_center = $1 ORDER BY name`;
    return this.database.read(sql => sql.all<LabelDefinition>(text, [contactCenter]));
  }

  put(recordingId: string, { name, user, time }: RecordingLabel): Promise<'added' | 'present' | 'unknown'> {
    return this.database.transaction(async sql => {
      const defined = `
        SELECT d.contact_center AS "contactCenter" FROM recording AS r JOIN label_definition AS d USING (contact_center)
        WHERE r.id = $1 AND d.name = $2 FOR KEY SHARE`;
      const found = await sql.first<{ contactCenter: string }>(defined, [recordingId, name]);
      if (found === undefined) return 'unknown';
      const text = `INSERT INTO recording_label VALUES ($1, $2, $3, $4, $5) ON CONFLICT (recording_id, name) DO NOTHING`;
      return (await sql.run(text, [recordingId, found.contactCenter, name, user, time])) === 1 ? 'added' : 'present';
    });
  }

  async remove(recordingId: string, name: string): Promise<boolean> {
    const text = 'DELETE FROM recording_label WHERE recording_id = $1 AND name = $2';
    return (await this.database.transaction(sql => sql.run(text, [recordingId, name]))) === 1;
  }

  async of(recordingIds: readonly string[]): Promise<ReadonlyMap<string, readonly RecordingLabel[]>> {
    const text = `SELECT recording_id AS "recordingId", name, "user", time FROM recording_label
                  WHERE recording_id = ANY($1::text[]) ORDER BY name`;
    const rows = await this.database.read(sql =>
      sql.all<RecordingLabel & { recordingId: string }>(text, [recordingIds]),
    );
    return grouped(rows);
  }
}
