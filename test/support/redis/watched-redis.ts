import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reservePort } from '#platform';
import { waitFor } from '../waiting/wait-for.js';
import { plainServers, type ServerOptions } from './redis-cluster.js';
import { RedisServer } from './redis-server.js';

/** What the sentinels watch. */
export const watchedName = 'rcs';
/** Of the sentinels themselves. */
export const sentinelPassword = 'password-of-sentinels';
/** Of whoever may do everything in Redis: its other servers, and tests. */
export const adminPassword = 'password-of-servers';

/** A primary is taken for lost after this time. */
const downAfterMs = 2000;

/** A real primary, a replica that follows it, and three sentinels that ask for a password of their own. */
export class WatchedRedis {
  private readonly directory = mkdtempSync(join(tmpdir(), 'rcs-sentinels-'));
  private readonly data = new Map<number, RedisServer>();
  private readonly watchers: RedisServer[] = [];

  private constructor(private readonly options: ServerOptions) {}

  static async start(options = plainServers): Promise<WatchedRedis> {
    const watched = new WatchedRedis(options);
    const [primary, replica] = [await reservePort(), await reservePort()];
    await watched.run(primary);
    await watched.run(replica, ['--replicaof', '127.0.0.1', `${primary}`]);
    for (let number = 0; number < 3; number++) await watched.watch(primary);
    await watched.isWhole();
    return watched;
  }

  /** host:port of every sentinel. */
  get sentinels(): readonly string[] {
    return this.watchers.map(({ port }) => `127.0.0.1:${port}`);
  }

  /** For the services. */
  get environment(): Readonly<Record<string, string>> {
    const addresses = `[${this.sentinels.join(', ')}]`;
    return {
      RCS_REDIS__KIND: 'sentinel',
      RCS_REDIS__SENTINEL: `{ name: ${watchedName}, addresses: ${addresses}, password: ${sentinelPassword}, enableSsl: false }`,
      RCS_REDIS__ENABLE_SSL: 'false',
      RCS_REDIS__PASSWORD: adminPassword,
    };
  }

  /** The server that the sentinels call the primary now. */
  get primary(): RedisServer {
    const server = this.data.get(this.primaryPort);
    if (server === undefined) throw new Error('the sentinels name no server that was started');
    return server;
  }

  /** NaN while no sentinel answers. */
  get primaryPort(): number {
    return Number(this.askSentinel('SENTINEL', 'get-master-addr-by-name', watchedName).split('\n')[1]);
  }

  /** SIGKILL; until `comeBack` it is gone. */
  async kill(server: RedisServer): Promise<void> {
    await server.stop();
  }

  /** A server that was killed starts again where it was, with nothing, and follows whoever is the primary now. */
  async comeBack({ port }: RedisServer): Promise<void> {
    await this.run(port);
    await this.isWhole();
  }

  /** The primary has a replica that follows it, and the sentinels know each other and both. */
  async isWhole(): Promise<void> {
    await waitFor('a primary and a replica in step, and three sentinels', () => {
      const primary = this.data.get(this.primaryPort);
      if (primary === undefined) return false;
      const said = this.askServer(primary, 'INFO', 'replication');
      const known = this.askSentinel('SENTINEL', 'master', watchedName).split('\n');
      const valueOf = (name: string) => known[known.indexOf(name) + 1];
      return (
        said.includes('role:master') &&
        /slave0:.*state=online/.test(said) &&
        valueOf('flags') === 'master' &&
        valueOf('num-slaves') === '1' &&
        valueOf('num-other-sentinels') === '2'
      );
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.watchers, ...this.data.values()].map(server => server.stop()));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async run(port: number, more: readonly string[] = []): Promise<void> {
    const { tls, users } = this.options;
    const known = users?.rules ?? ['--requirepass', adminPassword, '--masterauth', adminPassword];
    const fast = ['--repl-diskless-sync-delay', '0'];
    const options = [...this.listening(port), ...tls, ...known, ...fast, ...more];
    this.data.set(port, await RedisServer.run(port, options));
  }

  private async watch(primary: number): Promise<void> {
    const admin = this.options.users?.admin;
    const port = await reservePort();
    const file = join(this.directory, `sentinel-${port}.conf`);
    const lines = [
      `sentinel monitor ${watchedName} 127.0.0.1 ${primary} 2`,
      ...(admin === undefined ? [] : [`sentinel auth-user ${watchedName} ${admin.name}`]),
      `sentinel auth-pass ${watchedName} ${admin?.password ?? adminPassword}`,
      `sentinel down-after-milliseconds ${watchedName} ${downAfterMs}`,
      `sentinel failover-timeout ${watchedName} 6000`,
      `requirepass ${sentinelPassword}`,
      `sentinel sentinel-pass ${sentinelPassword}`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    const options = ['--sentinel', ...this.listening(port), ...this.options.tls];
    this.watchers.push(await RedisServer.run(port, options, file));
  }

  private listening(port: number): readonly string[] {
    return this.options.tls.length > 0
      ? ['--port', '0', '--tls-port', `${port}`, '--tls-replication', 'yes']
      : ['--port', `${port}`];
  }

  /** The first sentinel that answers. */
  private askSentinel(...command: readonly string[]): string {
    return this.ask(this.watchers[0]!, ['--pass', sentinelPassword], command);
  }

  private askServer(server: RedisServer, ...command: readonly string[]): string {
    const admin = this.options.users?.admin;
    const user = admin === undefined ? [] : ['--user', admin.name];
    return this.ask(server, [...user, '--pass', admin?.password ?? adminPassword], command);
  }

  private ask(server: RedisServer, known: readonly string[], command: readonly string[]): string {
    const args = [...this.options.client, '-p', `${server.port}`, '--no-auth-warning', ...known, ...command];
    try {
      return execFileSync('redis-cli', args, { encoding: 'utf8', timeout: 1000, stdio: ['ignore', 'pipe', 'pipe'] });
    } catch {
      // Asked again by whoever waits.
      return '';
    }
  }
}
