import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseKeyBackup, type KeyBackupEntry } from '#contracts';
import type { KeyVaultClient, KeyVaultEndpoint } from '#key-vault-client';
import { AtomicFile } from '../output/atomic-file.js';
import { textTable } from '../terminal/text-table.js';
import { isCopyOf } from './check-keys.js';
import type { KnownKey } from './known-keys.js';
import { problemLines, type VaultInventory, type VaultProblem } from './vault-inventory.js';

export interface CollectedBackup {
  readonly contactCenter: string;
  readonly alias: string;
  readonly file: string;
  /** `kept`: the directory had it already, as new or newer. */
  readonly outcome: 'saved' | 'kept' | 'damaged';
}

export interface BackupReport {
  readonly ok: boolean;
  readonly directory: string;
  readonly backups: readonly CollectedBackup[];
  /** Keys of which no vault keeps a copy. */
  readonly withoutCopy: readonly { readonly contactCenter: string; readonly alias: string }[];
  /** What kept a vault from telling what it holds. */
  readonly problems: readonly VaultProblem[];
}

const timeoutMs = 30_000;

/** Brings the copies of all vaults into one directory, each file whole or not at all. */
export async function collectBackups(
  vaults: KeyVaultClient,
  known: readonly KnownKey[],
  { copies, problems }: VaultInventory,
  directory: string,
): Promise<BackupReport> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const collected: CollectedBackup[] = [];
  const silent = new Set(problems.map(({ vault }) => vault));
  for (const vault of vaults.endpoints.filter(({ address }) => !silent.has(address))) {
    for (const entry of (await vault.call('ListKeyBackups', {}, { timeoutMs })).backups) {
      collected.push(await collect(vault, entry, directory));
    }
  }
  const withoutCopy = known
    .filter(key => !copies.some(copy => isCopyOf(copy, key)))
    .map(({ contactCenter, alias }) => ({ contactCenter, alias }));
  const complete = withoutCopy.length === 0 && problems.length === 0;
  const ok = complete && collected.every(({ outcome }) => outcome !== 'damaged');
  return { ok, directory, backups: collected, withoutCopy, problems };
}

async function collect(vault: KeyVaultEndpoint, entry: KeyBackupEntry, directory: string): Promise<CollectedBackup> {
  const { name, contactCenter, alias } = entry;
  const file = join(directory, safeName(name));
  if (entry.damaged) return { contactCenter, alias, file, outcome: 'damaged' };
  if ((await timeOfBackup(file)) >= entry.createdAt) return { contactCenter, alias, file, outcome: 'kept' };
  const { content } = await vault.call('ReadKeyBackup', { name }, { timeoutMs });
  parseKeyBackup(content);
  const output = await AtomicFile.create(file, { replace: true });
  try {
    await output.write(Buffer.from(content));
  } catch (error) {
    await output.discard();
    throw error;
  }
  await output.commit();
  return { contactCenter, alias, file, outcome: 'saved' };
}

/** A vault chooses the name; it must not choose the place. */
function safeName(name: string): string {
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(name)) return name;
  throw new Error('a vault gave a copy an impossible name');
}

/** ISO 8601; empty where there is no file or none that is a backup. */
async function timeOfBackup(file: string): Promise<string> {
  try {
    return parseKeyBackup(await readFile(file, 'utf8')).description.createdAt;
  } catch {
    return '';
  }
}

export function backupText({ directory, backups, withoutCopy, problems }: BackupReport): string {
  const table = textTable(
    ['CONTACT CENTER', 'ALIAS', 'FILE', ''],
    backups.map(({ contactCenter, alias, file, outcome }) => [contactCenter, alias, file, outcome]),
  );
  return [
    ...(backups.length === 0 ? ['The vaults keep no copies: set keyVault.keyBackup (docs/key-backup.md).'] : [table]),
    '',
    `${backups.filter(({ outcome }) => outcome !== 'damaged').length} copies in ${directory}`,
    ...problemLines(problems),
    ...withoutCopy.map(
      ({ contactCenter, alias }) =>
        `NO COPY of ${contactCenter}/${alias}: import its key again, or back up the token itself`,
    ),
  ].join('\n');
}
