import { Client } from 'cassandra-driver';
import { ConfigurationError } from '#platform';
import { clientOptions } from './client-options.js';
import type { CassandraOptions } from './cassandra-options.js';
import { connectionProblem } from './connection-advice.js';
import { schema, schemaVersion } from './cassandra-schema.js';

/** A statement that changes the schema waits until all nodes have it. */
const schemaTimeoutMs = 60_000;

/** How many copies each data center has: `datacenter1: 3`. */
export type Replication = Readonly<Record<string, number>>;

/**
 * Makes the tables in the keyspace, or those that are missing.
 * @param replication makes the keyspace too, where it is not there
 * @throws ConfigurationError when it cannot be done; the message says what to do.
 */
export async function prepareCassandra(options: CassandraOptions, replication?: Replication): Promise<void> {
  const client = new Client(clientOptions({ ...options, deadlineMs: schemaTimeoutMs }));
  try {
    await client.connect();
    if (replication !== undefined) await client.execute(keyspaceStatement(options.keyspace, replication));
    await client.execute(`USE ${quoted(options.keyspace)}`);
    for (const statement of schema) await client.execute(statement);
    const note = `INSERT INTO rcs_schema (name, version) VALUES ('recordings', ${schemaVersion})`;
    await client.execute(note);
  } catch (error) {
    throw new ConfigurationError(`cassandraCluster: ${connectionProblem(options, error)}`, { cause: error });
  } finally {
    await client.shutdown();
  }
}

function keyspaceStatement(keyspace: string, replication: Replication): string {
  const centers = Object.entries(replication).map(([center, copies]) => `'${center.replaceAll("'", "''")}': ${copies}`);
  const strategy = [`'class': 'NetworkTopologyStrategy'`, ...centers].join(', ');
  return `CREATE KEYSPACE IF NOT EXISTS ${quoted(keyspace)} WITH replication = {${strategy}}`;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
