import { execFileSync } from 'node:child_process';
import { reservePort } from '#platform';
import { waitFor } from '../waiting/wait-for.js';
import { RedisServer } from './redis-server.js';

/** What every server of a layout has: TLS, users. */
export interface ServerOptions {
  /** Of the command line, in pairs. */
  readonly server: readonly string[];
  /** For redis-cli. */
  readonly client: readonly string[];
  readonly tls: boolean;
}

export const plainServers: ServerOptions = { server: [], client: [], tls: false };

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
          ...(options.tls ? ['--port', '0', '--tls-port', `${port}`, '--tls-cluster', 'yes'] : ['--port', `${port}`]),
          ...['--cluster-enabled', 'yes', '--cluster-port', `${bus}`, '--cluster-node-timeout', `${nodeTimeoutMs}`],
          ...['--cluster-replica-validity-factor', '0', '--repl-diskless-sync-delay', '0'],
          ...options.server,
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
    const args = [...this.options.client, '-p', `${server.port}`, ...command];
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
