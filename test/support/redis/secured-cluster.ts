import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisCluster, type ServerOptions } from './redis-cluster.js';

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

  static async start(): Promise<SecuredCluster> {
    const identity = ServerIdentity.create();
    return new SecuredCluster(identity, await RedisCluster.start(0, identity.options));
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

  async stop(): Promise<void> {
    await this.cluster.stop();
    this.identity.remove();
  }
}
