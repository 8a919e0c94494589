import type { ConnectionOptions } from 'node:tls';

/** How the nodes are reached. */
export interface CassandraOptions {
  /** Names or addresses, as their certificates have them. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly keyspace: string;
  /** Nodes of other data centers are not asked; absent: all are. */
  readonly localDataCenter?: string | undefined;
  /** Absent: whoever asks is nobody in particular, where the nodes allow it. */
  readonly userName?: string | undefined;
  readonly password?: string | undefined;
  /** Absent: everything crosses the network in clear. */
  readonly tls?: ConnectionOptions | undefined;
  readonly connectTimeoutMs: number;
  /** For one operation, with what is repeated in it. */
  readonly deadlineMs: number;
}
