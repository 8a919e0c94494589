import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { observeKeyBackups } from './key-backup-metrics.js';
import { KeyBackups } from './key-backups.js';

describe(observeKeyBackups, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-key-backup-metrics-'));
  const copies = join(directory, 'copies');
  const name = 'cc-tenant-0123456789abcdef.key-backup.pem';
  let backups: KeyBackups;
  let registry: Registry;

  beforeAll(async () => {
    const files = ['-keyout', join(directory, 'recovery.key'), '-out', join(directory, 'recovery.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=Recovery', ...files]);
    backups = await KeyBackups.open({
      directory: copies,
      recoveryCertificateFiles: [join(directory, 'recovery.pem')],
    });
    registry = new Registry();
    observeKeyBackups(backups, registry);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function secondsOf(which: string): Promise<number> {
    const line = new RegExp(`^rcs_vault_key_backup_last_${which}_timestamp_seconds (.*)$`, 'm');
    return Number(line.exec(await registry.metrics())?.[1]);
  }

  it('says nothing where there is no copy', async () => {
    expect(await secondsOf('written')).toBeNaN();
    expect(await secondsOf('collected')).toBeNaN();
  });

  it('says when the last copy was written, and that nobody asked for it', async () => {
    writeFileSync(join(copies, name), 'a copy');
    utimesSync(join(copies, name), 1_700_000_000, 1_700_000_000);
    expect(await secondsOf('written')).toBe(1_700_000_000);
    expect(await secondsOf('collected')).toBe(0);
  });

  it('says when somebody asked for one, also after a restart', async () => {
    const before = Date.now() / 1000;
    await backups.read(name);
    expect(await secondsOf('collected')).toBeGreaterThan(before - 2);
    const again = await KeyBackups.open({
      directory: copies,
      recoveryCertificateFiles: [join(directory, 'recovery.pem')],
    });
    expect((await again.times()).collected?.getTime()).toBeGreaterThan((before - 2) * 1000);
    expect(await again.list()).toHaveLength(1);
  });
});
