import { execFileSync } from 'node:child_process';
import { reservePort } from '#platform';
import { waitFor } from '../waiting/wait-for.js';
import { RedisServer } from './redis-server.js';

/** What every server of a layout has. */
export interface ServerOptions {
  /** Options of the command line that name certificate, key and authority; none: no TLS. */
  readonly tls: readonly string[];
  /** For redis-cli to speak TLS. */
  readonly client: readonly string[];
  /** Whom it knows, with whoever may do everything; none: the default user. */
  readonly users?: {
    readonly rules: readonly string[];
    readonly admin: { readonly name: string; readonly password: string };
  };
}

export const plainServers: ServerOptions = { tls: [], client: [] };

const nodeTimeoutMs = 2000;

/** A real Redis Cluster of three nodes that have keys, and of replicas where they are asked for. */
export class RedisCluster {
  private constructor(
    readonly servers: readonly RedisServer[],
    private readonly options: ServerOptions,
  ) {}

  static async start(replicas: 0 | 1 = 0, options = plainServers): Promise<RedisCluster> {
    const servers: RedisServer[] = [];
    for (let number = 0; number < 3 * (1 + replicas); number++) {
      const port = await reservePort();
      const bus = await reservePort();
      servers.push(
        await RedisServer.run(port, [
          ...(options.tls.length > 0
            ? ['--port', '0', '--tls-port', `${port}`, '--tls-cluster', 'yes', '--tls-replication', 'yes']
            : ['--port', `${port}`]),
          ...['--cluster-enabled', 'yes', '--cluster-port', `${bus}`, '--cluster-node-timeout', `${nodeTimeoutMs}`],
          ...['--cluster-replica-validity-factor', '0', '--repl-diskless-sync-delay', '0'],
          ...options.tls,
          ...(options.users?.rules ?? []),
        ]),
      );
    }
    const cluster = new RedisCluster(servers, options);
    const create = ['--cluster', 'create', ...cluster.nodes, '--cluster-replicas', `${replicas}`, '--cluster-yes'];
    cluster.client(servers[0]!, ...create);
    await waitFor('every node to know the whole cluster', () =>
      servers.every(server => cluster.client(server, 'CLUSTER', 'INFO').includes('cluster_state:ok')),
    );
    if (replicas > 0) await waitFor('the replicas to follow', () => servers.every(server => cluster.isInStep(server)));
    return cluster;
  }

  /** host:port of every node. */
  get nodes(): readonly string[] {
    return this.servers.map(({ port }) => `127.0.0.1:${port}`);
  }

  /** What redis-cli says to it. */
  client(server: RedisServer, ...command: readonly string[]): string {
    const { client, users } = this.options;
    const admin =
      users === undefined ? [] : ['--no-auth-warning', '--user', users.admin.name, '--pass', users.admin.password];
    const args = [...client, ...admin, '-p', `${server.port}`, ...command];
    return execFileSync('redis-cli', args, { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map(server => server.stop()));
  }

  private isInStep(server: RedisServer): boolean {
    const said = this.client(server, 'INFO', 'replication');
    return said.includes('role:slave') ? said.includes('master_link_status:up') : said.includes('connected_slaves:1');
  }
}
