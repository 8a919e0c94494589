import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Keys and certificates made by OpenSSL, a stranger to this code, in a directory of their own. */
export class OpenSsl {
  readonly directory = mkdtempSync(join(tmpdir(), 'rcs-certificates-'));

  run(...parameters: string[]): void {
    execFileSync('openssl', parameters, { cwd: this.directory, stdio: 'pipe' });
  }

  text(...parameters: string[]): string {
    return execFileSync('openssl', parameters, { cwd: this.directory, stdio: 'pipe', encoding: 'utf8' });
  }

  read(file: string): Buffer {
    return readFileSync(join(this.directory, file));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
