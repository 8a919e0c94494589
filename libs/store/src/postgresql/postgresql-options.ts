import type { ConnectionOptions } from 'node:tls';

export interface DatabaseHost {
  readonly host: string;
  readonly port: number;
}

/** Where the database is and how it is spoken to. */
export interface PostgresqlOptions {
  /** The server that may be written is looked for among them. */
  readonly hosts: readonly DatabaseHost[];
  readonly database: string;
  readonly user: string;
  readonly password?: string | undefined;
  /** Trust and identity; absent for connections without TLS. */
  readonly tls?: ConnectionOptions | undefined;
  /** For one attempt to connect, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** How long one operation may take before it is refused, waiting and repetitions included, in milliseconds. */
  readonly deadlineMs: number;
  /** Connections of this process for everything but the audit, which has three of its own. */
  readonly maxConnections: number;
  /** Names this process in `pg_stat_activity`. */
  readonly applicationName: string;
}
