import { Client } from 'pg';
import { ConfigurationError } from '#platform';
import { connectionProblem } from './connection-advice.js';
import type { PostgresqlOptions } from './postgresql-options.js';
import { clientConfig, writableHost } from './primary-pool.js';
import { fillRecipientCounts } from './recipient-count-schema.js';
import { beginReadCommitted } from './sql.js';

/** Every row of the recipients is read. */
const timeoutMs = 600_000;

/**
 * Counts the recipients of recordings anew. Gateways go on; who changes recipients waits.
 * @throws ConfigurationError when it cannot be done; the message says what to do.
 */
export async function recountInPostgresql(options: PostgresqlOptions): Promise<void> {
  let client: Client | undefined;
  try {
    const config = clientConfig(options, await writableHost(options));
    client = new Client({ ...config, query_timeout: timeoutMs, statement_timeout: timeoutMs });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(beginReadCommitted);
    await client.query('LOCK TABLE media_recipient IN SHARE ROW EXCLUSIVE MODE');
    await client.query('DELETE FROM recipient_count; DELETE FROM recipient_set_count; DELETE FROM many_recipients');
    await client.query(fillRecipientCounts);
    await client.query('COMMIT');
  } catch (error) {
    const message = `store.postgresql, database ${options.database}: ${connectionProblem(options, error)}`;
    throw new ConfigurationError(message, { cause: error });
  } finally {
    await client?.end().catch(() => undefined);
  }
}
