import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const modulePaths = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
];

/** A directory of SoftHSM tokens for processes of their own, which can be taken away and put back. */
export class SoftHsm {
  readonly pin = '40316782';
  readonly modulePath = modulePaths.find(path => existsSync(path)) ?? '';
  private readonly tokens: string;
  private readonly configuration: string;

  private constructor(directory: string) {
    if (this.modulePath === '') throw new Error('libsofthsm2.so is missing: install the Debian package softhsm2');
    this.tokens = join(directory, 'tokens');
    this.configuration = join(directory, 'softhsm2.conf');
    mkdirSync(this.tokens, { recursive: true });
    const settings = ['directories.tokendir = ' + this.tokens, 'objectstore.backend = file', 'log.level = ERROR', ''];
    writeFileSync(this.configuration, settings.join('\n'));
  }

  /** With one token for each label. */
  static async create(directory: string, ...labels: string[]): Promise<SoftHsm> {
    const softHsm = new SoftHsm(directory);
    for (const label of labels) {
      const pins = ['--pin', softHsm.pin, '--so-pin', '7761009948'];
      await run('softhsm2-util', ['--init-token', '--free', '--label', label, ...pins], {
        env: { ...process.env, ...softHsm.environment },
      });
    }
    return softHsm;
  }

  /** What a process needs to find the tokens. */
  get environment(): Readonly<Record<string, string>> {
    return { SOFTHSM2_CONF: this.configuration };
  }

  uri(label: string): string {
    return `pkcs11:token=${label}?module-path=${this.modulePath}`;
  }

  takeAway(): void {
    renameSync(this.tokens, `${this.tokens}.away`);
  }

  putBack(): void {
    renameSync(`${this.tokens}.away`, this.tokens);
  }
}
