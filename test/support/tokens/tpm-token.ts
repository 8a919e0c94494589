import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endingWithUs, reservePort } from '#platform';
import { endChild } from '#test/waiting/end-child.js';
import { debianLibrary } from './debian-library.js';
import type { RealToken, TokenSettings } from './real-token.js';

const labels = ['tpmtok', 'tpmtok2'] as const;
const soPin = 'so-14142135';
const patienceMs = 30_000;
const ownerOnly = 0o700;

/**
 * Two tokens of tpm2-pkcs11 in a TPM that a program plays (swtpm), behind the resource manager that a TPM needs for several
 * users, which is found at a message bus of its own.
 */
export class TpmToken implements RealToken {
  readonly modulePath = debianLibrary('pkcs11/libtpm2_pkcs11.so', 'libtpm2-pkcs11-1');
  readonly uri = `pkcs11:token=${labels[0]}?module-path=${this.modulePath}`;
  readonly secondUri = `pkcs11:token=${labels[1]}?module-path=${this.modulePath}`;
  readonly pin = 'user-17320508';
  readonly settings: TokenSettings = { objectsReadOnce: true };
  readonly within: readonly string[] = [];
  private readonly children: ChildProcess[] = [];
  private port = 0;

  private constructor(private readonly directory: string) {}

  static async make(): Promise<TpmToken> {
    const token = new TpmToken(mkdtempSync(join(tmpdir(), 'rcs-tpm-')));
    chmodSync(token.directory, ownerOnly);
    for (const name of ['state', 'store']) mkdirSync(token.file(name));
    try {
      await token.begin();
      token.tool('init');
      for (const label of labels) {
        token.tool('addtoken', '--pid=1', `--label=${label}`, `--sopin=${soPin}`, `--userpin=${token.pin}`);
      }
    } catch (error) {
      await token.remove();
      throw error;
    }
    return token;
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${this.file('bus')}`,
      TPM2TOOLS_TCTI: 'tabrmd:bus_type=session',
      TPM2_PKCS11_TCTI: 'tabrmd:bus_type=session',
      TPM2_PKCS11_STORE: this.file('store'),
      // What it cannot do is told by its answers.
      TPM2_PKCS11_LOG_LEVEL: '0',
      TSS2_LOG: 'all+none',
    };
  }

  get ownTool(): readonly string[] {
    const key = ['--key-label=LABEL', '--privkey=KEY', '--algorithm=rsa'];
    return [
      'tpm2_ptool',
      'import',
      `--path=${this.file('store')}`,
      `--label=${labels[0]}`,
      `--userpin=${this.pin}`,
      ...key,
    ];
  }

  bring(label: string, keyFile: string, certificateFile: string): void {
    const [program = '', ...rest] = this.ownTool.map(word => word.replace('KEY', keyFile).replace('LABEL', label));
    this.run(program, ...rest);
    this.tool('addcert', `--label=${labels[0]}`, `--key-label=${label}`, certificateFile);
  }

  /** The resource manager, as if it had crashed. */
  async killDaemon(): Promise<void> {
    const manager = this.children.pop();
    if (manager === undefined) throw new Error('tpm2-abrmd was not started');
    await endChild('tpm2-abrmd', manager, 'SIGKILL');
  }

  async startDaemon(): Promise<void> {
    const tcti = `--tcti=swtpm:host=127.0.0.1,port=${this.port}`;
    this.spawn('tpm2-abrmd', '--session', '--allow-root', '--flush-all', tcti);
    await this.until('tpm2-abrmd', () => this.answers());
  }

  async remove(): Promise<void> {
    for (const child of this.children.splice(0).reverse()) await endChild(`${child.spawnfile} of the TPM`, child);
    rmSync(this.directory, { recursive: true, force: true });
  }

  private file(name: string): string {
    return join(this.directory, name);
  }

  private async begin(): Promise<void> {
    // The second port, of its administration, is found by the first.
    const port = await reservePort();
    const at = (number: number): string => `type=tcp,bindaddr=127.0.0.1,port=${number}`;
    const state = ['--tpm2', '--tpmstate', `dir=${this.file('state')}`, '--flags', 'not-need-init,startup-clear'];
    this.spawn(
      'swtpm',
      'socket',
      ...state,
      '--server',
      at(port),
      '--ctrl',
      at(port + 1),
      '--pid',
      `file=${this.file('pid')}`,
    );
    await this.until('swtpm', () => existsSync(this.file('pid')));
    this.spawn('dbus-daemon', '--session', '--nofork', '--nopidfile', `--address=unix:path=${this.file('bus')}`);
    await this.until('dbus-daemon', () => existsSync(this.file('bus')));
    this.port = port;
    await this.startDaemon();
  }

  private answers(): boolean {
    try {
      this.run('tpm2_getcap', 'properties-fixed');
      return true;
    } catch {
      return false;
    }
  }

  private spawn(program: string, ...args: readonly string[]): void {
    const options = { env: { ...process.env, ...this.environment }, stdio: 'ignore' } as const;
    this.children.push(spawn(...endingWithUs(program, args), options));
  }

  private async until(program: string, isThere: () => boolean): Promise<void> {
    const end = performance.now() + patienceMs;
    while (!isThere()) {
      const ended = this.children.at(-1)?.exitCode;
      if (performance.now() > end || typeof ended === 'number') throw new Error(`${program} did not start`);
      await delay(50);
    }
  }

  private tool(command: string, ...options: readonly string[]): void {
    this.run('tpm2_ptool', command, `--path=${this.file('store')}`, ...options);
  }

  private run(program: string, ...args: readonly string[]): void {
    execFileSync(program, args, { env: { ...process.env, ...this.environment }, stdio: 'pipe' });
  }
}
