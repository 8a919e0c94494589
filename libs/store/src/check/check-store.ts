import type { StoreConfiguration } from '#platform';
import { postgresqlOptions, sqliteDirectory } from '../open-store.js';
import { checkDatabase } from '../postgresql/check-postgresql.js';
import { recountInPostgresql } from '../postgresql/recount-in-postgresql.js';
import { checkSqlite } from '../sqlite/check-sqlite.js';
import { recountInSqlite } from '../sqlite/recount-in-sqlite.js';
import type { StoreFinding } from './store-finding.js';

/**
 * Looks at the store of a configuration, and changes nothing in it.
 * @param role of gateways in PostgreSQL; that of the configuration unless given
 */
export async function checkStore(settings: StoreConfiguration, role?: string): Promise<readonly StoreFinding[]> {
  if (settings.kind === 'postgresql') return checkDatabase(postgresqlOptions(settings, 'rcsctl'), role);
  return checkSqlite(sqliteDirectory(settings));
}

/** Counts anew how many recordings have which recipients. @throws Error when it cannot be done. */
export async function recountRecipients(settings: StoreConfiguration): Promise<void> {
  if (settings.kind === 'postgresql') return recountInPostgresql(postgresqlOptions(settings, 'rcsctl'));
  recountInSqlite(sqliteDirectory(settings));
}
