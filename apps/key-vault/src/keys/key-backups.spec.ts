import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyBackups } from './key-backups.js';

describe(KeyBackups.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-key-backups-'));
  const at = (name: string): string => join(directory, name);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const recovery = (name: string): string => {
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=Recovery', ...files], {
      stdio: 'ignore',
    });
    return readFileSync(at(`${name}.pem`), 'utf8');
  };
  const open = (...recoveryCertificateFiles: readonly string[]): Promise<KeyBackups> =>
    KeyBackups.open({ directory: at('copies'), recoveryCertificateFiles: [...recoveryCertificateFiles] });

  it('makes no copies without somebody whose certificate stands behind another one in a file', async () => {
    writeFileSync(at('both.pem'), recovery('first') + recovery('second'));
    await expect(open(at('both.pem'))).rejects.toThrow(
      /recoveryCertificateFiles\.0: certificate 2 of .*both\.pem issued neither the first nor an issuer of it/,
    );
    expect((await open(at('first.pem'), at('second.pem'))).enabled).toBe(true);
  });
});
