import type { KeyObject } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { KeyPurpose } from '#contracts';
import type { KeyVaultClient } from '#key-vault-client';
import { RcsError } from '#platform';
import { sendKeyPair } from '../key-import/import-key.js';
import { textTable } from '../terminal/text-table.js';
import { openBackup, refusalOf, type OpenedBackup } from './open-backup.js';

export interface RestoredKey {
  readonly file: string;
  readonly contactCenter?: string;
  readonly alias?: string;
  readonly subject?: string;
  /** `usable`: a dry run opened the copy and found it whole. */
  readonly outcome: 'restored' | 'already-there' | 'usable' | 'failed';
  readonly reason?: { readonly code: string; readonly message: string };
}

export interface RestoreReport {
  readonly ok: boolean;
  readonly keys: readonly RestoredKey[];
}

const extension = '.key-backup.pem';
const largestBackup = 1024 * 1024;
const openTimeoutMs = 30_000;

/** The backups that a list of files and directories means. @throws Error when there is none. */
export function backupFiles(paths: readonly string[]): string[] {
  const files = paths.flatMap(path =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter(name => name.endsWith(extension))
          .sort()
          .map(name => join(path, name))
      : [path],
  );
  if (files.length === 0) throw new Error(`no file named *${extension} is there`);
  return files;
}

/**
 * Puts the keys of backups back into the tokens, each under its alias and with its certificate; what one file lacks does
 * not keep the others from their places.
 * @param vaults undefined: only tries whether the copies open.
 */
export async function restoreKeys(
  vaults: KeyVaultClient | undefined,
  files: readonly string[],
  recoveryKey: KeyObject,
): Promise<RestoreReport> {
  const keys: RestoredKey[] = [];
  for (const file of files) keys.push(await restore(vaults, file, recoveryKey));
  return { ok: keys.every(({ outcome }) => outcome !== 'failed'), keys };
}

async function restore(vaults: KeyVaultClient | undefined, file: string, recoveryKey: KeyObject): Promise<RestoredKey> {
  let opened: OpenedBackup | undefined;
  try {
    if (statSync(file).size > largestBackup) throw notABackup();
    opened = await openBackup(await readFile(file, 'utf8'), recoveryKey, AbortSignal.timeout(openTimeoutMs));
    const { purpose, contactCenter, alias, subject } = opened.description;
    const names = { file, contactCenter, alias, subject };
    if (vaults === undefined) return { ...names, outcome: 'usable' };
    const pair = {
      purpose: keyPurpose(purpose),
      contactCenter,
      alias,
      certificatePem: opened.certificate.pem,
      pkcs8: opened.pkcs8,
    };
    const replies = await sendKeyPair(vaults, pair);
    return { ...names, outcome: replies.some(({ created }) => created) ? 'restored' : 'already-there' };
  } catch (error) {
    const reason =
      error instanceof RcsError ? { code: error.code, message: error.publicDetail ?? error.message } : refusalOf(error);
    if (reason === undefined) throw error;
    return { file, outcome: 'failed', reason, ...namesOf(opened) };
  } finally {
    opened?.pkcs8.fill(0);
  }
}

const keyPurpose = (text: string): KeyPurpose => (text === 'LOCAL_KEY_MANAGER' ? text : 'RECORDING');

const notABackup = (): RcsError =>
  new RcsError('RCS_INVALID_VALUE', undefined, { publicDetail: 'the file is no backup of a key: it is far too large' });

function namesOf(opened: OpenedBackup | undefined): Partial<RestoredKey> {
  if (opened === undefined) return {};
  const { contactCenter, alias, subject } = opened.description;
  return { contactCenter, alias, subject };
}

export function restoreText({ keys }: RestoreReport): string {
  const table = textTable(
    ['FILE', 'CONTACT CENTER', 'ALIAS', 'SUBJECT', ''],
    keys.map(({ file, contactCenter, alias, subject, outcome }) => [
      basename(file),
      contactCenter ?? '',
      alias ?? '',
      subject ?? '',
      outcome === 'failed' ? 'FAILED' : outcome.replaceAll('-', ' '),
    ]),
  );
  const notes = keys.flatMap(({ file, reason }) =>
    reason === undefined ? [] : [`${basename(file)}: ${reason.message} (${reason.code})`],
  );
  return [table, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
}
