import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kryopticModule } from './kryoptic-module.js';
import type { RealToken, TokenSettings } from './real-token.js';

const tokens = [
  { slot: 42, label: 'krytok' },
  { slot: 43, label: 'krytok2' },
] as const;
const soPin = '12345678';
const ownerOnly = 0o700;

/** Two tokens of Kryoptic, with every mechanism or without the raw RSA of CKM_RSA_X_509. */
export class KryopticToken implements RealToken {
  readonly label = tokens[0].label;
  readonly uri: string;
  readonly secondUri: string;
  readonly pin = '16180339';
  readonly settings: TokenSettings = {};
  readonly within: readonly string[] = [];

  private constructor(
    readonly modulePath: string,
    private readonly directory: string,
  ) {
    [this.uri, this.secondUri] = [uriOf(tokens[0].label, modulePath), uriOf(tokens[1].label, modulePath)];
  }

  static async make(rawRsa: 'with raw RSA' | 'without raw RSA'): Promise<KryopticToken> {
    const token = new KryopticToken(await kryopticModule(), mkdtempSync(join(tmpdir(), 'rcs-kryoptic-')));
    chmodSync(token.directory, ownerOnly);
    const refused = rawRsa === 'with raw RSA' ? [] : ['mechanisms = ["DENY", "CKM_RSA_X_509"]'];
    writeFileSync(token.configuration, tokens.map(({ slot }) => token.slotOf(slot, refused)).join('\n'));
    tokens.forEach(({ slot, label }) => token.initialise(slot, label));
    return token;
  }

  get environment(): Readonly<Record<string, string>> {
    return { KRYOPTIC_CONF: this.configuration };
  }

  remove(): Promise<void> {
    rmSync(this.directory, { recursive: true, force: true });
    return Promise.resolve();
  }

  private get configuration(): string {
    return join(this.directory, 'kryoptic.conf');
  }

  private slotOf(slot: number, more: readonly string[]): string {
    const database = `dbargs = "${join(this.directory, `${slot}.sql`)}"`;
    return ['[[slots]]', `slot = ${slot}`, 'dbtype = "sqlite"', database, ...more, ''].join('\n');
  }

  private initialise(slot: number, label: string): void {
    const tool = (...options: string[]): void => {
      const target = ['--module', this.modulePath, '--slot', String(slot), '--so-pin', soPin];
      execFileSync('pkcs11-tool', [...target, ...options], {
        env: { ...process.env, ...this.environment },
        stdio: 'pipe',
      });
    };
    tool('--init-token', '--label', label);
    tool('--login', '--login-type', 'so', '--init-pin', '--pin', this.pin);
  }
}

const uriOf = (label: string, modulePath: string): string => `pkcs11:token=${label}?module-path=${modulePath}`;
