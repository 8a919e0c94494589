import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auth, Client, policies } from 'cassandra-driver';
import { endingWithUs, reservePort } from '#platform';
import { endChild } from '../waiting/end-child.js';
import { waitFor } from '../waiting/wait-for.js';
import { agentIn, jars, makeKeystores, writeNodeConfiguration } from './node-files.js';

/** May do everything in the node. */
export const superuser = { userName: 'cassandra', password: 'cassandra' } as const;

/** Also of what is compiled into another directory, as benches are. */
const repository = process.cwd();

/** A real Apache Cassandra on the loopback interface, with TLS and passwords as the security guide sets them up. */
export class CassandraNode {
  private process: ChildProcess | undefined;

  private constructor(
    readonly directory: string,
    readonly port: number,
    private readonly tls: boolean,
  ) {}

  static async start({ tls = true, bits = 2048 }: { tls?: boolean; bits?: number } = {}): Promise<CassandraNode> {
    const directory = mkdtempSync(join(tmpdir(), 'rcs-cassandra-'));
    const node = new CassandraNode(directory, await reservePort(), tls);
    await makeKeystores(directory, 'localhost', bits);
    writeNodeConfiguration(directory, { native: node.port, internode: await reservePort() }, tls);
    await node.run();
    return node;
  }

  /** What its clients trust, PKCS#12 under a name of JKS as newer Java writes it. */
  get trustStore(): string {
    return join(this.directory, 'client.jks');
  }

  /** The same as a real JKS. */
  get oldTrustStore(): string {
    return join(this.directory, 'old.jks');
  }

  /** Starts (again), with the same data and port. */
  async run(): Promise<void> {
    const lib = jars(repository);
    const options = [`@${join(this.directory, 'jvm.options')}`, `-javaagent:${agentIn(lib)}`];
    const path = ['-cp', `${join(this.directory, 'conf')}:${lib}/*`];
    const child = spawn(
      ...endingWithUs('java', [...options, ...path, 'org.apache.cassandra.service.CassandraDaemon']),
      { cwd: this.directory, stdio: ['ignore', 'ignore', 'ignore'] },
    );
    this.process = child;
    await waitFor(
      'Cassandra to answer',
      () => {
        if (child.exitCode !== null) throw new Error(`java ended with status ${child.exitCode}`);
        return this.execute('SELECT release_version FROM system.local').then(
          () => true,
          () => false,
        );
      },
      { patienceMs: 180_000, pollMs: 500 },
    );
  }

  /** SIGKILL as in a crash, SIGTERM in order. */
  async halt(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child !== undefined) await endChild('Cassandra', child, signal);
  }

  /** Carries statements out as the superuser. */
  async execute(...statements: readonly string[]): Promise<void> {
    await this.connected(async client => {
      for (const statement of statements) await client.execute(statement);
    });
  }

  /** What a statement finds, as the superuser. */
  rows(statement: string): Promise<readonly Record<string, unknown>[]> {
    return this.connected(async client => (await client.execute(statement)).rows);
  }

  private async connected<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({
      contactPoints: [`127.0.0.1:${this.port}`],
      protocolOptions: { port: this.port },
      authProvider: new auth.PlainTextAuthProvider(superuser.userName, superuser.password),
      socketOptions: { connectTimeout: 5000, readTimeout: 30_000 },
      policies: { loadBalancing: new policies.loadBalancing.RoundRobinPolicy() },
      ...(this.tls
        ? {
            sslOptions: {
              ca: [readFileSync(join(this.directory, 'client.pem'))],
              host: 'localhost',
              servername: 'localhost',
            },
          }
        : {}),
    });
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.shutdown();
    }
  }

  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
