import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { endingWithUs, reservePort, type AuditS3Configuration, type InternalIdentity } from '#platform';
import { buildGoTools, findGo } from '#test/go/go-tools.js';
import { LoopbackServer } from '#test/servers/loopback-server.js';

const administrator = { accessKeyId: 'administrator', secretAccessKey: 'administrators-secret' };

/** A real S3 server (versitygw) on a free port of the loopback interface, over TLS, with versions and object lock. */
export class VersityServer {
  private readonly server: LoopbackServer;

  private constructor(
    program: string,
    directory: string,
    readonly caFile: string,
    private readonly port: number,
    private readonly domain: string,
  ) {
    const file = (name: string): string => join(directory, name);
    const options = [
      ...['--port', `127.0.0.1:${port}`, '--cert', file('server.pem'), '--key', file('server.key'), '--quiet'],
      ...['--access', administrator.accessKeyId, '--secret', administrator.secretAccessKey],
      ...['--virtual-domain', domain, '--iam-dir', directory],
      ...['posix', '--versioning-dir', file('versions'), file('data')],
    ];
    this.server = new LoopbackServer('versitygw', port, () =>
      spawn(...endingWithUs(program, options), { stdio: ['ignore', 'ignore', 'inherit'] }),
    );
  }

  /** @param domain below which every bucket has a host of its own. */
  static async start(directory: string, identity: InternalIdentity, domain = 'localhost'): Promise<VersityServer> {
    const go = findGo();
    if (go === undefined) throw new Error('versitygw is built with Go 1.24 or later');
    const tools = await buildGoTools(go, join(__dirname, 'tools'), ['github.com/versity/versitygw/cmd/versitygw']);
    for (const name of ['data', 'versions']) mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, 'server.pem'), identity.certificatePem);
    writeFileSync(join(directory, 'server.key'), identity.keyPem, { mode: 0o600 });
    writeFileSync(join(directory, 'ca.pem'), identity.caPem);
    const server = new VersityServer(
      join(tools, 'versitygw'),
      directory,
      join(directory, 'ca.pem'),
      await reservePort(),
      domain,
    );
    await server.begin();
    return server;
  }

  get endpoint(): string {
    return `https://localhost:${this.port}`;
  }

  /** A client with all rights, as whoever runs the service has them. */
  client(): S3Client {
    return new S3Client({
      endpoint: this.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      // The client adds to what it is given.
      credentials: { ...administrator },
      maxAttempts: 1,
      requestHandler: { httpsAgent: new Agent({ ca: readFileSync(this.caFile) }) },
    });
  }

  async createBucket(bucket: string): Promise<void> {
    await this.client().send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
  }

  /** What a gateway is told of a bucket that has a host of its own. */
  virtualHostSettings(bucket: string): AuditS3Configuration {
    return { ...this.settings(bucket), endpoint: `https://${this.domain}:${this.port}`, pathStyle: false };
  }

  /** What a gateway is told of a bucket here. */
  settings(bucket: string): AuditS3Configuration {
    return {
      endpoint: this.endpoint,
      region: 'us-east-1',
      bucket,
      prefix: 'audit-checkpoints/',
      pathStyle: true,
      ...administrator,
      retentionDays: 1,
      lockMode: 'COMPLIANCE',
      s3TrustedCA: this.caFile,
    };
  }

  begin(): Promise<void> {
    return this.server.begin();
  }

  end(): Promise<void> {
    return this.server.end();
  }
}
