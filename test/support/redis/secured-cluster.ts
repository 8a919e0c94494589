import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../waiting/wait-for.js';
import { RedisCluster, type ServerOptions } from './redis-cluster.js';
import type { RedisServer } from './redis-server.js';

export const admin = { name: 'admin', password: 'password-of-administrators' } as const;
export const services = { name: 'rcs', password: 'password-of-services' } as const;
/** As docs/redis.md has it. */
const rulesOfServices = [
  ...['-@all', '+@read', '+@write', '+@transaction', '+@scripting', '+@pubsub', '+@connection', '-@dangerous'],
  ...['+info', '+time', '+cluster|info', '+cluster|slots', '~rcs:*', '&rcs:*'],
];

/** What servers have that speak TLS alone, and know users: an administrator, and the services with what they need. */
export class ServerIdentity {
  private readonly directory = mkdtempSync(join(tmpdir(), 'rcs-redis-tls-'));
  readonly caFile = join(this.directory, 'ca.pem');

  static create(): ServerIdentity {
    const identity = new ServerIdentity();
    const files = ['-keyout', join(identity.directory, 'redis.key'), '-out', identity.caFile];
    const names = ['-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const stdio = 'ignore';
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...names, ...files], {
      stdio,
    });
    return identity;
  }

  get options(): ServerOptions {
    const file = (name: string) => join(this.directory, name);
    return {
      tls: [
        ...['--tls-cert-file', this.caFile, '--tls-key-file', file('redis.key')],
        ...['--tls-ca-cert-file', this.caFile, '--tls-auth-clients', 'no'],
      ],
      users: {
        admin,
        rules: [
          ...['--user', 'default', 'off'],
          ...['--user', admin.name, 'on', `>${admin.password}`, '~*', '&*', '+@all'],
          ...['--user', services.name, 'on', `>${services.password}`, ...rulesOfServices],
          ...['--masteruser', admin.name, '--masterauth', admin.password],
        ],
      },
      client: ['--tls', '--cacert', this.caFile],
    };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A real Redis Cluster of three nodes that speak TLS alone and know users. */
export class SecuredCluster {
  private constructor(
    private readonly identity: ServerIdentity,
    private readonly cluster: RedisCluster,
  ) {}

  static async start(replicas: 0 | 1 = 0): Promise<SecuredCluster> {
    const identity = ServerIdentity.create();
    return new SecuredCluster(identity, await RedisCluster.start(replicas, identity.options));
  }

  /** For the services. */
  get environment(): Readonly<Record<string, string>> {
    return {
      RCS_REDIS__KIND: 'cluster',
      RCS_REDIS__CLUSTER_NODES: `[${this.cluster.nodes.join(', ')}]`,
      RCS_REDIS__USER_NAME: services.name,
      RCS_REDIS__PASSWORD: services.password,
      RCS_REDIS__REDIS_TRUSTED_CA: this.identity.caFile,
    };
  }

  /** For whoever may do everything. */
  get settings() {
    return {
      kind: 'cluster' as const,
      clusterNodes: [...this.cluster.nodes],
      userName: admin.name,
      password: admin.password,
      redisTrustedCA: this.identity.caFile,
    };
  }

  /** The primary that has a key like this. @throws Error when none has */
  primaryWith(pattern: string): RedisServer {
    const { cluster } = this;
    const found = cluster.servers.find(
      server =>
        cluster.client(server, 'ROLE').startsWith('master') && cluster.client(server, 'KEYS', pattern).trim() !== '',
    );
    if (found === undefined) throw new Error(`no primary has a key like ${pattern}`);
    return found;
  }

  /** Until a replica has the keys of a primary that is gone. */
  async takesOverFrom(gone: RedisServer): Promise<void> {
    const left = this.cluster.servers.filter(server => server !== gone);
    await waitFor('a replica to take over', () => {
      const roles = left.map(server => this.cluster.client(server, 'ROLE'));
      return (
        roles.filter(role => role.startsWith('master')).length === 3 &&
        left.every(server => this.cluster.client(server, 'CLUSTER', 'INFO').includes('cluster_state:ok'))
      );
    });
  }

  async stop(): Promise<void> {
    await this.cluster.stop();
    this.identity.remove();
  }
}
