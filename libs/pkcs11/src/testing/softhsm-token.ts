import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';

const modulePaths = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
];

/**
 * A real SoftHSM with one token, in a directory of its own. The module finds it when it is initialised, so
 * a test file finalises the module at its end: the next one may run in the same process.
 */
export class SoftHsmToken {
  readonly pin = '52146793';
  readonly label = 'recordings';
  readonly modulePath = modulePaths.find(path => existsSync(path)) ?? '';
  private readonly directory = mkdtempSync(join(tmpdir(), 'rcs-softhsm-'));
  private readonly tokens = join(this.directory, 'tokens');
  private readonly configuration = join(this.directory, 'softhsm2.conf');

  constructor() {
    if (this.modulePath === '') throw new Error('libsofthsm2.so is missing: install the Debian package softhsm2');
    mkdirSync(this.tokens);
    const settings = ['directories.tokendir = ' + this.tokens, 'objectstore.backend = file', 'log.level = ERROR', ''];
    writeFileSync(this.configuration, settings.join('\n'));
    // The environment that a test sees under Jest is a copy; the library reads that of the process.
    (runInThisContext('process') as NodeJS.Process).env['SOFTHSM2_CONF'] = this.configuration;
    this.initialise(this.label);
  }

  /** What a module finds the tokens by. */
  get environment(): Readonly<Record<string, string>> {
    return { SOFTHSM2_CONF: this.configuration };
  }

  get uri(): string {
    return `pkcs11:token=${this.label}?module-path=${this.modulePath}`;
  }

  /** Another token beside the first. */
  initialise(label: string): void {
    const pins = ['--pin', this.pin, '--so-pin', '0000111122223333'];
    execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, ...pins], {
      env: { SOFTHSM2_CONF: this.configuration },
      stdio: 'pipe',
    });
  }

  /** As if somebody took the token out. */
  takeOut(): void {
    renameSync(this.tokens, `${this.tokens}.away`);
  }

  putBack(): void {
    renameSync(`${this.tokens}.away`, this.tokens);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
