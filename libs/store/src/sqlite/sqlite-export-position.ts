import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { ConfigurationError } from '#platform';
import type { ExportPosition } from '../audit/export-position.js';
import { prepareDatabase } from './prepare-database.js';
import type { SchemaMigration } from './schema-migration.js';

const schema: readonly SchemaMigration[] = [
  {
    version: 1,
    worksWithCodeOf: 1,
    sql: `CREATE TABLE exported (writer TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT;
      CREATE TABLE exporter (place INTEGER PRIMARY KEY CHECK (place = 1), holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT;`,
  },
];

export const exportPositionDatabaseName = 'audit-export.sqlite';

/** In a file of its own beside the log. */
export class SqliteExportPosition implements ExportPosition {
  private constructor(
    private readonly database: Database.Database,
    private readonly holder: string,
  ) {}

  /**
   * @param directory of the store.
   * @param holder this process.
   * @throws ConfigurationError when the file cannot be opened.
   */
  static async open(directory: string, holder: string): Promise<SqliteExportPosition> {
    try {
      return new SqliteExportPosition(
        await prepareDatabase(join(directory, exportPositionDatabaseName), schema),
        holder,
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigurationError(`store.directory ${directory}: ${reason}`, { cause: error });
    }
  }

  claim(forMs: number): Promise<boolean> {
    const now = Date.now();
    const { changes } = this.database
      .prepare(
        `INSERT INTO exporter VALUES (1, ?, ?) ON CONFLICT (place) DO UPDATE SET holder = excluded.holder, until = excluded.until
         WHERE holder = excluded.holder OR until < ? OR until > ?`,
      )
      // A clock that was set back must not keep everybody from it.
      .run(this.holder, now + forMs, now, now + 10 * forMs);
    return Promise.resolve(changes === 1);
  }

  release(): Promise<void> {
    this.database.prepare('DELETE FROM exporter WHERE holder = ?').run(this.holder);
    return Promise.resolve();
  }

  sizes(): Promise<ReadonlyMap<string, number>> {
    const rows = this.database.prepare('SELECT writer, size FROM exported').all() as { writer: string; size: number }[];
    return Promise.resolve(new Map(rows.map(({ writer, size }) => [writer, size])));
  }

  advance(writer: string, size: number): Promise<void> {
    this.database
      .prepare('INSERT INTO exported VALUES (?, ?) ON CONFLICT (writer) DO UPDATE SET size = excluded.size')
      .run(writer, size);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.database.close();
    return Promise.resolve();
  }
}
