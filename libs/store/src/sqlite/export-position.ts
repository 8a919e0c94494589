import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { ConfigurationError } from '#platform';
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

/**
 * How far the chains of the audit were sent elsewhere, in a file of its own beside the log, and which process sends: one at a
 * time. It is no secret and no proof; whoever changes it has records sent twice, or not at all, and changes none.
 */
export class ExportPosition {
  private constructor(
    private readonly database: Database.Database,
    private readonly holder: string,
  ) {}

  /**
   * @param directory of the store.
   * @param holder this process.
   * @throws ConfigurationError when the file cannot be opened.
   */
  static async open(directory: string, holder: string): Promise<ExportPosition> {
    try {
      return new ExportPosition(await prepareDatabase(join(directory, 'audit-export.sqlite'), schema), holder);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigurationError(`store.directory ${directory}: ${reason}`, { cause: error });
    }
  }

  /** Takes or prolongs the right to send, milliseconds from now. @returns false while another process has it. */
  claim(forMs: number): boolean {
    const now = Date.now();
    const { changes } = this.database
      .prepare(
        `INSERT INTO exporter VALUES (1, ?, ?) ON CONFLICT (place) DO UPDATE SET holder = excluded.holder, until = excluded.until
         WHERE holder = excluded.holder OR until < ? OR until > ?`,
      )
      // A clock that was set back must not keep everybody from it.
      .run(this.holder, now + forMs, now, now + 10 * forMs);
    return changes === 1;
  }

  /** Lets another process send at once. */
  release(): void {
    this.database.prepare('DELETE FROM exporter WHERE holder = ?').run(this.holder);
  }

  /** How many records of each chain were sent, by writer. */
  sizes(): ReadonlyMap<string, number> {
    const rows = this.database.prepare('SELECT writer, size FROM exported').all() as { writer: string; size: number }[];
    return new Map(rows.map(({ writer, size }) => [writer, size]));
  }

  /** Notes that the first `size` records of a chain were sent; durable when it returns. */
  advance(writer: string, size: number): void {
    this.database
      .prepare('INSERT INTO exported VALUES (?, ?) ON CONFLICT (writer) DO UPDATE SET size = excluded.size')
      .run(writer, size);
  }

  close(): void {
    this.database.close();
  }
}
