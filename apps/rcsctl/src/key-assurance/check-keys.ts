import type { KeyBackupEntry } from '#contracts';
import type { KeyVaultClient, KeyVaultEndpoint } from '#key-vault-client';
import { RcsError } from '#platform';
import { textTable } from '../terminal/text-table.js';
import type { KnownKey } from './known-keys.js';
import { problemLines, type VaultInventory, type VaultProblem } from './vault-inventory.js';

export interface VaultCheck {
  /** Address. */
  readonly vault: string;
  /** `ok`: the token opened what was encrypted to the key, in every way; `disabled`: somebody wants that it does not. */
  readonly outcome: 'ok' | 'disabled' | 'missing' | 'fails' | 'unreachable';
  readonly detail?: string;
}

export interface CheckedKey extends Omit<KnownKey, 'publicKey'> {
  readonly vaults: readonly VaultCheck[];
  /** Whether a vault keeps a copy for the recovery certificates. */
  readonly copy: boolean;
}

export interface KeyCheckReport {
  readonly ok: boolean;
  readonly keys: readonly CheckedKey[];
  /** Whether the vaults make copies of what is imported. */
  readonly copiesEnabled: boolean;
  readonly damagedCopies: readonly string[];
  /** What kept a vault from telling what it holds. */
  readonly problems: readonly VaultProblem[];
}

const timeoutMs = 30_000;

/** Lets every vault prove that it opens what is encrypted to every known key. */
export async function checkKeys(
  vaults: KeyVaultClient,
  known: readonly KnownKey[],
  { copies, copiesEnabled, problems }: VaultInventory,
): Promise<KeyCheckReport> {
  const keys: CheckedKey[] = [];
  for (const { publicKey, ...key } of known) {
    const checks = await Promise.all(vaults.endpoints.map(vault => check(vault, key, publicKey)));
    keys.push({ ...key, vaults: checks, copy: copies.some(copy => isCopyOf(copy, key)) });
  }
  const damagedCopies = copies.filter(({ damaged }) => damaged).map(({ name }) => name);
  const allOpen = keys.every(key => key.vaults.every(({ outcome }) => outcome === 'ok' || outcome === 'disabled'));
  const ok = allOpen && damagedCopies.length === 0 && problems.length === 0;
  return { ok, keys, copiesEnabled, damagedCopies, problems };
}

export function isCopyOf(copy: KeyBackupEntry, key: Pick<KnownKey, 'certificate' | 'contactCenter'>): boolean {
  return copy.contactCenter === key.contactCenter && copy.certificateFingerprint === key.certificate?.fingerprint;
}

async function check(
  vault: KeyVaultEndpoint,
  { contactCenter, keyIdentifier }: Pick<KnownKey, 'contactCenter' | 'keyIdentifier'>,
  publicKey: Buffer,
): Promise<VaultCheck> {
  const { address } = vault;
  try {
    const request = { key: { contactCenter, keyIdentifier }, publicKey };
    const { held, opened, failed } = await vault.call('CheckKey', request, { timeoutMs });
    if (!held) return { vault: address, outcome: 'missing' };
    if (failed.length === 0 && opened.length > 0) return { vault: address, outcome: 'ok' };
    return { vault: address, outcome: 'fails', detail: failed.join(', ') };
  } catch (error) {
    if (!(error instanceof RcsError)) throw error;
    if (error.code === 'RCS_KEY_DISABLED') return { vault: address, outcome: 'disabled' };
    return { vault: address, outcome: 'unreachable', detail: `${error.publicDetail ?? error.message} (${error.code})` };
  }
}

export function checkText({ keys, copiesEnabled, damagedCopies, problems }: KeyCheckReport): string {
  const table = textTable(
    ['CONTACT CENTER', 'ALIAS', 'SUBJECT', 'EXPIRES', 'COPY', 'VAULTS'],
    keys.map(({ contactCenter, alias, certificate, copy, vaults }) => [
      contactCenter,
      alias,
      certificate?.subject ?? '(no certificate yet)',
      certificate?.expires.slice(0, 10) ?? '',
      copy ? 'yes' : 'no',
      vaults.map(vaultText).join(', '),
    ]),
  );
  const good = keys.filter(({ vaults }) => vaults.every(({ outcome }) => outcome === 'ok')).length;
  const uncopied = keys.filter(({ copy }) => !copy).length;
  return [
    table,
    '',
    `${good} of ${keys.length} keys open what is encrypted to them`,
    ...problemLines(problems),
    ...damagedCopies.map(name => `the copy ${name} is damaged: import its key again`),
    ...(uncopied === 0 ? [] : [copyAdvice(uncopied, copiesEnabled)]),
  ].join('\n');
}

function vaultText({ vault, outcome, detail }: VaultCheck): string {
  const text = outcome === 'ok' ? 'ok' : outcome.toUpperCase();
  return `${vault} ${text}${detail === undefined ? '' : ` (${detail})`}`;
}

function copyAdvice(count: number, enabled: boolean): string {
  const keys = count === 1 ? '1 key has no copy' : `${count} keys have no copy`;
  return enabled
    ? `${keys}: import again those whose files you have; back up the token itself for those that were made in it`
    : `${keys}: set keyVault.keyBackup, then import them again (docs/key-backup.md)`;
}
