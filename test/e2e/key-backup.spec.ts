import { execFile } from 'node:child_process';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { rcsctl, type CommandResult } from '#test/cluster/rcsctl.js';
import { splitEnvelope } from './split-envelope.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-key-backup-'));
const dataDirectory = join(work, 'data');
const at = (name: string): string => join(work, name);
const backups = at('offline');
const password = 'pass-of-the-key';
let cluster: RunningCluster;
let curlClient: CurlClient;

beforeAll(async () => {
  for (const name of ['recovery-1', 'recovery-2', 'stranger']) await makeRecoveryCertificate(name);
  await makeEncryptedKey();
  cluster = await startCluster(repository, dataDirectory, {
    RCS_KEY_VAULT__KEY_BACKUP__DIRECTORY: at('copies'),
    RCS_KEY_VAULT__KEY_BACKUP__RECOVERY_CERTIFICATE_FILES: JSON.stringify([at('recovery-1.pem'), at('recovery-2.pem')]),
  });
  curlClient = new CurlClient(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function makeRecoveryCertificate(name: string): Promise<void> {
  const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), '-days', '30', '-subj', `/CN=${name}`];
  await openssl('req', '-x509', '-newkey', 'rsa:3072', '-noenc', ...files);
}

async function makeEncryptedKey(): Promise<void> {
  const files = ['-keyout', at('tenant.key'), '-out', at('tenant.pem'), '-days', '30', '-subj', '/CN=Tenant'];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', ...files);
  const old = ['-provider', 'legacy', '-provider', 'default', '-traditional', '-des3', '-passout', `pass:${password}`];
  await openssl('rsa', '-in', at('tenant.key'), ...old, '-out', at('tenant.encrypted.key'));
}

const command = (
  parameters: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Promise<CommandResult> => rcsctl(repository, dataDirectory, parameters, environment);

/** What was printed; a command that printed no report shows its error. */
function reportOf({ stdout, stderr }: CommandResult): unknown {
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

interface CheckReport {
  readonly ok: boolean;
  readonly copiesEnabled: boolean;
  readonly keys: readonly {
    readonly alias: string;
    readonly copy: boolean;
    readonly vaults: readonly { readonly outcome: string }[];
  }[];
}

interface RestoreReport {
  readonly ok: boolean;
  readonly keys: readonly {
    readonly alias?: string;
    readonly outcome: string;
    readonly reason?: { readonly code: string };
  }[];
}

async function checked(): Promise<{
  status: number;
  ok: boolean;
  outcomes: Record<string, readonly string[]>;
  copies: boolean[];
}> {
  const result = await command(['keys', 'check', '--json']);
  const { ok, keys } = reportOf(result) as CheckReport;
  const outcomes = Object.fromEntries(keys.map(({ alias, vaults }) => [alias, vaults.map(({ outcome }) => outcome)]));
  return { status: result.status, ok, outcomes, copies: keys.map(({ copy }) => copy) };
}

/** A recording for the imported certificate, made by openssl. */
async function record(): Promise<{ playPath: string; media: Buffer }> {
  const media = randomBytes(40_000);
  const files = ['-in', curlClient.write('tenant.plain', media), '-out', at('tenant.cms'), '-outform', 'DER'];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, at('tenant.pem'));
  const { envelope, ciphertext } = splitEnvelope(readFileSync(at('tenant.cms')));
  await curlClient.put('tenant.enc', ciphertext);
  const playPath = await curlClient.inserted('TENANT', {
    mediaId: 'tenant.mp3',
    mediaDescriptor: { storage: 'webDAV', path: 'tenant.enc' },
    pkcs7: envelope.toString('base64'),
  });
  return { playPath, media };
}

/** As when the HSM is replaced: another token under the same name and PIN, with nothing in it. */
async function replaceToken(): Promise<void> {
  const token = join(dataDirectory, 'token');
  renameSync(join(token, 'tokens'), join(token, 'tokens.lost'));
  mkdirSync(join(token, 'tokens'), { mode: 0o700 });
  const pin = readFileSync(join(dataDirectory, 'secrets', 'token-pin'), 'utf8').trim();
  const pins = ['--pin', pin, '--so-pin', '0000111122223333'];
  const environment = { ...process.env, SOFTHSM2_CONF: join(token, 'softhsm2.conf') };
  await promisify(execFile)('softhsm2-util', ['--init-token', '--free', '--label', 'recordings', ...pins], {
    env: environment,
  });
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within two minutes: ${what}`);
    await sleep(500);
  }
}

it('brings the keys of a lost token back onto an empty one, and their recordings play', async () => {
  const { contactCenter } = cluster.ready;
  const pair = ['--key', at('tenant.encrypted.key'), '--certificate', at('tenant.pem')];
  const names = ['--contact-center', contactCenter, '--alias', 'tenant'];
  const imported = await command(['import-key', ...pair, ...names], { RCSCTL_KEY_PASSWORD: password });
  expect({ status: imported.status, stderr: imported.stderr }).toEqual({ status: 0, stderr: '' });
  const { playPath, media } = await record();
  expect((await curlClient.play(playPath)).body.equals(media)).toBe(true);

  expect(await checked()).toEqual({
    status: 0,
    ok: true,
    outcomes: { demo: ['ok'], tenant: ['ok'] },
    copies: [true, true],
  });
  const backup = await command(['keys', 'backup', backups, '--json']);
  expect(backup.status).toBe(0);
  expect((reportOf(backup) as { withoutCopy: unknown[] }).withoutCopy).toEqual([]);
  expect(readdirSync(backups).length).toBe(2);

  await replaceToken();
  await until('the vault notices that the token has no keys', async () => {
    const result = await command(['keys', 'check', '--json']);
    return (
      result.stdout !== '' && (reportOf(result) as CheckReport).keys.every(key => key.vaults[0]?.outcome === 'missing')
    );
  });
  expect(await checked()).toMatchObject({ status: 1, ok: false, outcomes: { demo: ['missing'], tenant: ['missing'] } });

  const restored = await command(['keys', 'restore', backups, '--recovery-key', at('recovery-2.key'), '--json']);
  const { keys } = reportOf(restored) as RestoreReport;
  expect(Object.fromEntries(keys.map(({ alias, outcome }) => [alias, outcome]))).toEqual({
    demo: 'restored',
    tenant: 'restored',
  });
  expect(restored.status).toBe(0);
  expect(await checked()).toMatchObject({ status: 0, ok: true, outcomes: { demo: ['ok'], tenant: ['ok'] } });
  await until('the recording plays again', async () => (await curlClient.play(playPath)).status === 200);
  expect((await curlClient.play(playPath)).body.equals(media)).toBe(true);
});

it('writes copies that openssl opens with each recovery key, and with no other', async () => {
  const name = readdirSync(backups).find(file => file.includes('tenant'))!;
  const original = createPrivateKey(readFileSync(at('tenant.key')));
  const decrypt = (recovery: string, ...more: string[]): Promise<void> =>
    openssl(
      'cms',
      '-decrypt',
      '-inform',
      'PEM',
      '-in',
      join(backups, name),
      '-inkey',
      at(`${recovery}.key`),
      '-out',
      at('opened.pem'),
      ...more,
    );
  for (const recovery of ['recovery-1', 'recovery-2']) {
    await decrypt(recovery, '-recip', at(`${recovery}.pem`));
    expect(createPrivateKey(readFileSync(at('opened.pem'))).equals(original)).toBe(true);
  }
  await expect(decrypt('stranger', '-recip', at('stranger.pem'))).rejects.toThrow();
  const { d } = original.export({ format: 'jwk' });
  expect(readFileSync(join(backups, name)).includes(Buffer.from(d!, 'base64url').subarray(8, 24))).toBe(false);
});

it('restores nothing with another key or out of a changed copy, and the rest all the same', async () => {
  const restore = (directory: string, key: string): Promise<CommandResult> =>
    command(['keys', 'restore', directory, '--recovery-key', at(key), '--dry-run', '--json']);
  const other = await restore(backups, 'stranger.key');
  expect(other.status).toBe(1);
  const codes = (reportOf(other) as RestoreReport).keys.map(({ reason }) => reason?.code);
  expect(codes).toEqual(['BACKUP_OF_ANOTHER_RECOVERY_KEY', 'BACKUP_OF_ANOTHER_RECOVERY_KEY']);

  const changed = at('changed');
  mkdirSync(changed);
  for (const file of readdirSync(backups)) {
    const text = readFileSync(join(backups, file), 'utf8');
    writeFileSync(join(changed, file), text.replace('alias: "tenant"', 'alias: "other"'));
  }
  const result = await restore(changed, 'recovery-1.key');
  const { keys } = reportOf(result) as RestoreReport;
  expect(keys.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'usable']);
  expect(keys.find(({ outcome }) => outcome === 'failed')?.reason?.code).toBe('BACKUP_DAMAGED');
  expect(result.status).toBe(1);
});

it('keeps no copy of a key that is refused, and takes no key whose copy cannot be kept', async () => {
  const { contactCenter } = cluster.ready;
  const files = ['-keyout', at('late.key'), '-out', at('late.pem'), '-days', '30', '-subj', '/CN=Late'];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', ...files);
  const pair = [
    'import-key',
    '--key',
    at('late.key'),
    '--certificate',
    at('late.pem'),
    '--contact-center',
    contactCenter,
  ];
  const copies = readdirSync(at('copies')).sort();
  const taken = await command([...pair, '--alias', 'tenant']);
  expect(taken.status).toBe(1);
  expect(taken.stderr).toContain('another key of this name');
  expect(readdirSync(at('copies')).sort()).toEqual(copies);

  renameSync(at('copies'), at('copies.away'));
  writeFileSync(at('copies'), '');
  const uncopied = await command([...pair, '--alias', 'late']);
  expect(uncopied.status).toBe(1);
  expect(uncopied.stderr).toContain('RCS_KEY_BACKUP_FAILED');
  const check = await command(['keys', 'check', '--json']);
  expect(check.status).toBe(1);
  expect(reportOf(check)).toMatchObject({ ok: false, problems: [{ code: 'RCS_KEY_BACKUP_FAILED' }] });

  rmSync(at('copies'));
  renameSync(at('copies.away'), at('copies'));
  expect(Object.keys((await checked()).outcomes).sort()).toEqual(['demo', 'tenant']);
  const late = await command([...pair, '--alias', 'late']);
  expect({ status: late.status, stderr: late.stderr }).toEqual({ status: 0, stderr: '' });
  expect((await checked()).outcomes).toEqual({ demo: ['ok'], late: ['ok'], tenant: ['ok'] });
});
