import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endingWithUs } from '#platform';
import { endChild } from '#test/waiting/end-child.js';
import { debianLibrary } from './debian-library.js';
import type { RealToken, TokenSettings } from './real-token.js';

const labels = ['remote', 'remote2'] as const;
const soPin = '0000111122223333';
const patienceMs = 20_000;
const ownerOnly = 0o700;

/** Two tokens of SoftHSM that a server of p11-kit offers at a Unix socket, as one does for containers and other machines. */
export class P11KitClientToken implements RealToken {
  readonly modulePath = debianLibrary('pkcs11/p11-kit-client.so', 'p11-kit-modules');
  readonly uri = `pkcs11:token=${labels[0]}?module-path=${this.modulePath}`;
  readonly secondUri = `pkcs11:token=${labels[1]}?module-path=${this.modulePath}`;
  readonly pin = '31415926';
  readonly settings: TokenSettings = {};
  readonly within: readonly string[] = [];
  private server: ChildProcess | undefined;

  private constructor(private readonly directory: string) {}

  static async make(): Promise<P11KitClientToken> {
    const token = new P11KitClientToken(mkdtempSync(join(tmpdir(), 'rcs-p11-kit-')));
    chmodSync(token.directory, ownerOnly);
    token.initialise();
    await token.begin();
    return token;
  }

  get environment(): Readonly<Record<string, string>> {
    return { P11_KIT_SERVER_ADDRESS: `unix:path=${this.socket}` };
  }

  /** As if it had crashed. */
  async killDaemon(): Promise<void> {
    const { server } = this;
    if (server?.pid === undefined) throw new Error('the server of p11-kit was not started');
    // A process for each connection, which would go on serving it.
    const serving = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' ');
    await endChild('the server of p11-kit', server, 'SIGKILL');
    for (const pid of serving) if (pid !== '') process.kill(Number(pid), 'SIGKILL');
  }

  async startDaemon(): Promise<void> {
    // Who is killed leaves the socket behind.
    rmSync(this.socket, { force: true });
    await this.begin();
  }

  async remove(): Promise<void> {
    if (this.server !== undefined) await endChild('the server of p11-kit', this.server);
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get socket(): string {
    return join(this.directory, 'socket');
  }

  private get softHsm(): NodeJS.ProcessEnv {
    return { ...process.env, SOFTHSM2_CONF: join(this.directory, 'softhsm2.conf') };
  }

  private initialise(): void {
    mkdirSync(join(this.directory, 'tokens'));
    const settings = [`directories.tokendir = ${join(this.directory, 'tokens')}`, 'objectstore.backend = file', ''];
    writeFileSync(join(this.directory, 'softhsm2.conf'), settings.join('\n'));
    for (const label of labels) {
      const options = ['--init-token', '--free', '--label', label, '--pin', this.pin, '--so-pin', soPin];
      execFileSync('softhsm2-util', options, { env: this.softHsm, stdio: 'pipe' });
    }
  }

  private async begin(): Promise<void> {
    const provider = debianLibrary('softhsm/libsofthsm2.so', 'softhsm2');
    const options = ['server', '--foreground', '--name', this.socket, '--provider', provider];
    const command = endingWithUs('p11-kit', [...options, ...labels.map(label => `pkcs11:token=${label}`)]);
    this.server = spawn(...command, { env: this.softHsm, stdio: ['ignore', 'ignore', 'inherit'] });
    const end = performance.now() + patienceMs;
    while (!existsSync(this.socket)) {
      if (performance.now() > end || this.server.exitCode !== null) throw new Error('p11-kit server did not start');
      await delay(20);
    }
  }
}
