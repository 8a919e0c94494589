import { ConfigurationError, type StoreConfiguration } from '#platform';
import { postgresqlOptions } from '../open-store.js';
import { connectionProblem } from './connection-advice.js';
import { grantUse, migrateSchema } from './migrate-schema.js';
import { writableHost } from './primary-pool.js';

/**
 * Makes the schema or brings it up to date, and gives a role the rights that gateways need.
 * @param grantTo the role; none where gateways use that of the configuration
 * @throws ConfigurationError when it cannot be done; the message says what to do.
 */
export async function preparePostgresql(settings: StoreConfiguration, grantTo: string | undefined): Promise<void> {
  const options = postgresqlOptions(settings, 'rcsctl');
  try {
    const host = await writableHost(options);
    await migrateSchema(options, host);
    if (grantTo !== undefined) await grantUse(options, host, grantTo);
  } catch (error) {
    const message = `store.postgresql, database ${options.database}: ${connectionProblem(options, error)}`;
    throw new ConfigurationError(message, { cause: error });
  }
}
