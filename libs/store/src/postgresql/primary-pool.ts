import { Client, Pool, TypeOverrides, types, type ClientConfig, type PoolClient } from 'pg';
import { HostProblem, isConnectionProblem, ReadOnlyServer } from './database-problem.js';
import type { DatabaseHost, PostgresqlOptions } from './postgresql-options.js';

/** Counts and times in milliseconds are far below 2^53. */
const numbers = new TypeOverrides();
numbers.setTypeParser(types.builtins.INT8, Number);

/** Of a gateway that is gone without a word: its locks must not outlive it for long. */
const idleInTransactionMs = 10_000;
const idleConnectionMs = 30_000;
const isReadOnly = `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS "readOnly"`;

/** How one host is spoken to. */
export function clientConfig(options: PostgresqlOptions, { host, port }: DatabaseHost): ClientConfig {
  const { database, user, password, tls, connectTimeoutMs, deadlineMs, applicationName } = options;
  return {
    host,
    port,
    database,
    user,
    // Undefined, `pg` would look for a password in the environment and in the home directory.
    password: password ?? '',
    ssl: tls ?? false,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: deadlineMs,
    statement_timeout: deadlineMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    types: numbers,
  };
}

/**
 * Connections to the one server of several that may be written. All are asked at once, so that one that hangs keeps nobody
 * waiting; when the one in use is lost, they are asked again.
 */
export class PrimaryPool {
  private pool: Pool | undefined;
  private finding: Promise<Pool> | undefined;
  private readonly leaving = new Set<Promise<void>>();
  private closed = false;

  constructor(
    private readonly options: PostgresqlOptions,
    private readonly size: number,
  ) {}

  /** @throws what the servers say, all of them where no one serves. */
  async connect(): Promise<PoolClient> {
    const pool = this.pool ?? (await (this.finding ??= this.find().finally(() => (this.finding = undefined))));
    try {
      return await pool.connect();
    } catch (error) {
      // Where all connections are busy, the server is there.
      if (pool.totalCount < this.size) this.leave(pool);
      throw error;
    }
  }

  /** Gives a connection back, or ends it when it failed. */
  release(client: PoolClient, failure?: unknown): void {
    client.release(failure !== undefined && isConnectionProblem(failure));
  }

  /** The server in use is none any more. */
  lost(): void {
    if (this.pool !== undefined) this.leave(this.pool);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.finding?.catch(() => undefined);
    this.lost();
    await Promise.all(this.leaving);
  }

  private leave(pool: Pool): void {
    if (this.pool !== pool) return;
    this.pool = undefined;
    // Ends when the last connection is given back, at its deadline at the latest.
    const ended = pool.end().finally(() => this.leaving.delete(ended));
    this.leaving.add(ended);
  }

  private async find(): Promise<Pool> {
    const host = await writableHost(this.options);
    const pool = new Pool({
      ...clientConfig(this.options, host),
      max: this.size,
      idleTimeoutMillis: idleConnectionMs,
      verify: (client, done) => {
        refuseReadOnly(client, host).then(() => done(), done);
      },
    });
    // A connection that breaks is taken out by the pool itself, or fails whoever uses it.
    pool.on('error', () => undefined);
    pool.on('connect', client => client.on('error', () => undefined));
    if (!this.closed) this.pool = pool;
    return pool;
  }
}

/** The first of the hosts that says that it may be written. @throws AggregateError what all of them say. */
export function writableHost(options: PostgresqlOptions): Promise<DatabaseHost> {
  return Promise.any(options.hosts.map(host => writable(options, host)));
}

async function writable(options: PostgresqlOptions, host: DatabaseHost): Promise<DatabaseHost> {
  const client = new Client(clientConfig(options, host));
  client.on('error', () => undefined);
  try {
    await client.connect();
    await refuseReadOnly(client, host);
    return host;
  } catch (error) {
    throw new HostProblem(host, error);
  } finally {
    void client.end().catch(() => undefined);
  }
}

async function refuseReadOnly(client: Pick<Client, 'query'>, { host, port }: DatabaseHost): Promise<void> {
  const { rows } = await client.query<{ readOnly: boolean }>(isReadOnly);
  if (rows[0]?.readOnly !== false) throw new ReadOnlyServer(`${host}:${port} is read-only: a standby`);
}
