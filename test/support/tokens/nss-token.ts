import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianLibrary } from './debian-library.js';
import type { RealToken, TokenSettings } from './real-token.js';

const ownerOnly = 0o700;

/** Two databases of NSS: the module is told by C_Initialize which one it works with, and calls each the same. */
export class NssToken implements RealToken {
  readonly modulePath = debianLibrary('libsoftokn3.so', 'libnss3');
  readonly uri = `pkcs11:token=NSS%20Certificate%20DB?module-path=${this.modulePath}`;
  readonly secondUri = this.uri;
  readonly pin = 'pin-of-nss-27182818';
  readonly environment = {};
  readonly within: readonly string[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), 'rcs-nss-'));
  readonly settings: TokenSettings = { initialisation: this.initialised('first') };
  readonly secondSettings: TokenSettings = { initialisation: this.initialised('second') };

  remove(): Promise<void> {
    rmSync(this.directory, { recursive: true, force: true });
    return Promise.resolve();
  }

  /** Makes a database; @returns what C_Initialize is told of it. */
  private initialised(name: string): string {
    chmodSync(this.directory, ownerOnly);
    const [database, pinFile] = [join(this.directory, name), join(this.directory, 'pin')];
    mkdirSync(database);
    writeFileSync(pinFile, `${this.pin}\n`, { mode: 0o600 });
    execFileSync('certutil', ['-N', '-d', `sql:${database}`, '-f', pinFile], { stdio: 'pipe' });
    return `configdir='sql:${database}' certPrefix='' keyPrefix='' secmod='secmod.db'`;
  }
}
