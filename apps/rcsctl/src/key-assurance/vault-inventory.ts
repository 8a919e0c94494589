import { parseKeyBackup, type KeyBackupEntry, type KeyBackupFile, type KeyEntry } from '#contracts';
import type { KeyVaultClient, KeyVaultEndpoint } from '#key-vault-client';
import { RcsError } from '#platform';

/** What the vaults hold together, as far as they answer. */
export interface VaultInventory {
  /** Recording keys; one that two vaults hold appears twice. */
  readonly keys: readonly KeyEntry[];
  readonly copies: readonly KeyBackupEntry[];
  /** The copies that can be read, in full. */
  readonly copyFiles: readonly KeyBackupFile[];
  /** Whether some vault copies what is imported. */
  readonly copiesEnabled: boolean;
  readonly problems: readonly VaultProblem[];
}

export interface VaultProblem {
  /** Address. */
  readonly vault: string;
  readonly code: string;
  readonly message: string;
}

const timeoutMs = 30_000;

/** Asks every vault; one that does not answer is named, and does not hide what the others hold. */
export async function readInventory(vaults: KeyVaultClient): Promise<VaultInventory> {
  const keys: KeyEntry[] = [];
  const copies: KeyBackupEntry[] = [];
  const copyFiles: KeyBackupFile[] = [];
  const problems: VaultProblem[] = [];
  let copiesEnabled = false;
  for (const vault of vaults.endpoints) {
    await noting(problems, vault, async () => {
      const listed = await vault.call('ListKeys', { contactCenter: '' }, { timeoutMs });
      keys.push(...listed.keys.filter(({ purpose }) => purpose === 'RECORDING'));
    });
    await noting(problems, vault, async () => {
      const { enabled, backups } = await vault.call('ListKeyBackups', {}, { timeoutMs });
      copiesEnabled ||= enabled;
      copies.push(...backups);
      for (const { name } of backups.filter(({ damaged }) => !damaged)) {
        copyFiles.push(parseKeyBackup((await vault.call('ReadKeyBackup', { name }, { timeoutMs })).content));
      }
    });
  }
  return { keys, copies, copyFiles, copiesEnabled, problems };
}

async function noting(problems: VaultProblem[], vault: KeyVaultEndpoint, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RcsError)) throw error;
    problems.push({ vault: vault.address, code: error.code, message: error.publicDetail ?? error.message });
  }
}

/** One line for each. */
export function problemLines(problems: readonly VaultProblem[]): string[] {
  return problems.map(({ vault, code, message }) => `${vault}: ${message} (${code})`);
}
