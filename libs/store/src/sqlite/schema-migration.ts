import type Database from 'better-sqlite3';

/** One step of a schema; the steps are never changed once released, only added to. */
export interface SchemaMigration {
  /** 1, 2, 3, ... kept in `user_version`. */
  readonly version: number;
  /**
   * The oldest version whose code still works with this one, so that old and new processes may run side by side during
   * an update. Added tables, indexes and columns that may be empty leave it where it was.
   */
  readonly worksWithCodeOf: number;
  readonly sql: string;
}

/**
 * Brings the schema to the newest version known here, in one transaction. A newer schema is accepted when it says that
 * code of this version works with it.
 * @throws Error when it does not.
 */
export function migrateSchema(database: Database.Database, migrations: readonly SchemaMigration[]): void {
  const known = migrations.at(-1)?.version ?? 0;
  const migrate = database.transaction(() => {
    const present = database.pragma('user_version', { simple: true }) as number;
    if (present >= known) {
      refuseNewerSchema(database, present, known);
      return;
    }
    for (const migration of migrations.filter(({ version }) => version > present)) apply(database, migration);
  });
  migrate.immediate();
}

function apply(database: Database.Database, migration: SchemaMigration): void {
  database.exec('CREATE TABLE IF NOT EXISTS schema_compatibility (works_with_code_of INTEGER NOT NULL) STRICT');
  database.exec(migration.sql);
  database.exec('DELETE FROM schema_compatibility');
  database.prepare('INSERT INTO schema_compatibility VALUES (?)').run(migration.worksWithCodeOf);
  database.pragma(`user_version = ${migration.version}`);
}

function refuseNewerSchema(database: Database.Database, present: number, known: number): void {
  if (present === known) return;
  const row = database.prepare('SELECT works_with_code_of AS oldest FROM schema_compatibility').get() as
    { readonly oldest: number } | undefined;
  if (row !== undefined && row.oldest <= known) return;
  throw new Error(
    `${database.name} has schema version ${present}, this program knows ${known}: it was written by a newer version; ` +
      'start that version, or restore a backup from before the update',
  );
}
