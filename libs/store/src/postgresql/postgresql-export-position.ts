import type { ExportPosition } from '../audit/export-position.js';
import type { PostgresqlDatabase } from './postgresql-database.js';

export class PostgresqlExportPosition implements ExportPosition {
  constructor(
    private readonly database: PostgresqlDatabase,
    private readonly holder: string,
  ) {}

  async claim(forMs: number): Promise<boolean> {
    const now = Date.now();
    const text = `
      INSERT INTO audit_exporter AS present VALUES (1, $1, $2)
      ON CONFLICT (place) DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE present.holder = excluded.holder OR present.until < $3 OR present.until > $4`;
    // A clock that was set back must not keep everybody from it.
    const values = [this.holder, now + forMs, now, now + 10 * forMs];
    return (await this.database.transaction(sql => sql.run(text, values))) === 1;
  }

  async release(): Promise<void> {
    await this.database.transaction(sql => sql.run('DELETE FROM audit_exporter WHERE holder = $1', [this.holder]));
  }

  async sizes(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.read(sql =>
      sql.all<{ writer: string; size: number }>('SELECT writer, size FROM audit_exported'),
    );
    return new Map(rows.map(({ writer, size }) => [writer, size]));
  }

  async advance(writer: string, size: number): Promise<void> {
    const text = `INSERT INTO audit_exported VALUES ($1, $2) ON CONFLICT (writer) DO UPDATE SET size = excluded.size`;
    await this.database.transaction(sql => sql.run(text, [writer, size]));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
