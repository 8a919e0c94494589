import { endingWithUs, reservePort } from '#platform';
import { endChild } from '../waiting/end-child.js';
import { waitFor } from '../waiting/wait-for.js';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

/** May change everything in the database. */
export const superuser = { user: 'postgres', password: 'superuser-password' } as const;

export interface ServerTls {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** A real PostgreSQL on a free port of the loopback interface. It refuses to run as root, so root runs it as `postgres`. */
export class PostgresqlServer {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    readonly port: number,
  ) {}

  static async start(tls?: ServerTls): Promise<PostgresqlServer> {
    const server = new PostgresqlServer(makeDirectory(), await reservePort());
    const passwordFile = join(server.directory, 'password');
    writeOwn(passwordFile, superuser.password);
    program('initdb', [
      ...['--pgdata', server.data, '--username', superuser.user, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--no-sync', '--no-instructions', '--encoding', 'UTF8', '--locale', 'C.UTF-8'],
    ]);
    server.configure([
      `listen_addresses = '127.0.0.1'`,
      `unix_socket_directories = '${server.directory}'`,
      'max_connections = 200',
      'shared_buffers = 16MB',
      `log_min_messages = panic`,
    ]);
    if (tls !== undefined) server.useTls(tls);
    await server.run();
    return server;
  }

  /** All its files. */
  get data(): string {
    return join(this.directory, 'data');
  }

  /** A standby that follows this server at once. */
  async standby(): Promise<PostgresqlServer> {
    const standby = new PostgresqlServer(makeDirectory(), await reservePort());
    const source = `host=127.0.0.1 port=${this.port} user=${superuser.user} password=${superuser.password}`;
    program('pg_basebackup', [
      '--pgdata',
      standby.data,
      '--dbname',
      source,
      '--write-recovery-conf',
      '--no-sync',
      '--checkpoint',
      'fast',
    ]);
    standby.configure([`unix_socket_directories = '${standby.directory}'`]);
    await standby.run();
    return standby;
  }

  /** Lines of postgresql.conf, in force after the next `run`. */
  configure(lines: readonly string[]): void {
    appendFileSync(join(this.data, 'postgresql.conf'), `${lines.join('\n')}\n`);
  }

  /** Starts (again), with the same data and port. */
  async run(): Promise<void> {
    const options = ['-D', this.data, '-p', `${this.port}`];
    const child = spawn(...endingWithUs(join(programs, 'postgres'), options), {
      ...identity,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.process = child;
    await waitFor('PostgreSQL to answer', () => {
      if (child.exitCode !== null) throw new Error(`postgres ended with status ${child.exitCode}`);
      return this.answers();
    });
  }

  /** Ends it: SIGINT at once and in order, SIGQUIT as in a crash. */
  async halt(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child !== undefined) await endChild('PostgreSQL', child, signal);
  }

  /** Makes a standby one that may be written. */
  promote(): void {
    program('pg_ctl', ['promote', '--pgdata', this.data, '--wait']);
  }

  /** Carries a statement out as the superuser. */
  async execute(text: string, database = 'postgres'): Promise<readonly Record<string, unknown>[]> {
    const client = new Client({ host: '127.0.0.1', port: this.port, database, ...superuser });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await this.halt('SIGQUIT');
    rmSync(this.directory, { recursive: true, force: true });
  }

  private useTls({ certificatePem, privateKeyPem }: ServerTls): void {
    writeOwn(join(this.data, 'server.crt'), certificatePem);
    writeOwn(join(this.data, 'server.key'), privateKeyPem);
    this.configure(['ssl = on']);
  }

  private async answers(): Promise<boolean> {
    return this.execute('SELECT 1').then(
      () => true,
      () => false,
    );
  }
}

/** The newest of those that are installed. */
const programs = join('/usr/lib/postgresql', newest('/usr/lib/postgresql'), 'bin');

function newest(directory: string): string {
  const [version] = readdirSync(directory).sort((one, other) => Number(other) - Number(one));
  if (version === undefined) throw new Error('install PostgreSQL (Debian: postgresql)');
  return version;
}

const identity: Identity =
  process.getuid?.() === 0 ? { uid: idOf('-u', superuser.user), gid: idOf('-g', superuser.user) } : {};

function idOf(option: '-u' | '-g', user: string): number {
  return Number(execFileSync('id', [option, user], { encoding: 'utf8' }));
}

function program(name: string, options: readonly string[]): void {
  execFileSync(join(programs, name), options, { ...identity, cwd: '/', stdio: ['ignore', 'ignore', 'inherit'] });
}

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-postgresql-'));
  own(directory);
  return directory;
}

function writeOwn(file: string, content: string): void {
  writeFileSync(file, content, { mode: 0o600 });
  own(file);
}

function own(path: string): void {
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(path, identity.uid, identity.gid);
}
