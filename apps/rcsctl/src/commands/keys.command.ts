import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { needsPassword, parsePrivateKeyPem } from '#certificates';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { withVaults } from '../key-import/open-vaults.js';
import { checkKeys, checkText } from '../key-assurance/check-keys.js';
import { backupText, collectBackups } from '../key-assurance/collect-backups.js';
import { knownKeys } from '../key-assurance/known-keys.js';
import { readInventory } from '../key-assurance/vault-inventory.js';
import { backupFiles, restoreKeys, restoreText, type RestoreReport } from '../key-assurance/restore-keys.js';
import { readPassword } from '../terminal/password-source.js';
import { print } from '../terminal/print.js';
import { keyRemovalCommands } from './key-removal.commands.js';

interface CommonOptions extends ConfigurationOptions {
  readonly json?: boolean;
}

interface RestoreOptions extends CommonOptions {
  readonly recoveryKey: string;
  readonly passwordFile?: string;
  readonly dryRun?: boolean;
}

const jsonOption = ['--json', 'JSON for programs'] as const;

/** `rcsctl keys`: a missing key is found by these commands, before a playback needs it. */
export function keysCommand(program: Command): void {
  const keys = program.command('keys').description('prove, back up, restore and end the keys of recordings');
  withConfiguration(keys.command('check'))
    .description('let every vault prove that it opens what is encrypted to every known key; exit status 1 otherwise')
    .option(...jsonOption)
    .action(check);
  withConfiguration(keys.command('backup'))
    .description('collect the encrypted copies of all keys; exit status 1 when a key has none')
    .argument('<directory>', 'where the copies go; made when it is not there')
    .option(...jsonOption)
    .action(backup);
  withConfiguration(keys.command('restore'))
    .description('put the keys of copies back into the tokens, under their aliases and with their certificates')
    .argument('<files...>', 'copies, or directories of them')
    .requiredOption('--recovery-key <file>', 'private key of a recovery certificate, PEM')
    .option('--password-file <file>', 'file with its password; else RCSCTL_KEY_PASSWORD, else asked for')
    .option('--dry-run', 'only try whether the copies open; needs no vault')
    .option(...jsonOption)
    .action(restore);
  keyRemovalCommands(keys);
}

function check({ config, json }: CommonOptions): Promise<void> {
  return withVaults(config, async vaults => {
    const inventory = await readInventory(vaults);
    const report = await checkKeys(vaults, await knownKeys(inventory, readConfiguration(config)), inventory);
    print(json === true, report, () => checkText(report));
    if (!report.ok) process.exitCode = 1;
  });
}

function backup(directory: string, { config, json }: CommonOptions): Promise<void> {
  return withVaults(config, async vaults => {
    const inventory = await readInventory(vaults);
    const known = await knownKeys(inventory, readConfiguration(config));
    const report = await collectBackups(vaults, known, inventory, directory);
    print(json === true, report, () => backupText(report));
    if (!report.ok) process.exitCode = 1;
  });
}

async function restore(paths: readonly string[], options: RestoreOptions): Promise<void> {
  const files = backupFiles(paths);
  const recoveryKey = await readRecoveryKey(options);
  const report: RestoreReport =
    options.dryRun === true
      ? await restoreKeys(undefined, files, recoveryKey)
      : await withVaults(options.config, vaults => restoreKeys(vaults, files, recoveryKey));
  print(options.json === true, report, () => restoreText(report));
  if (!report.ok) process.exitCode = 1;
}

async function readRecoveryKey({ recoveryKey, passwordFile }: RestoreOptions): Promise<KeyObject> {
  const file = readFileSync(recoveryKey);
  try {
    const password =
      passwordFile === undefined && !needsPassword(file)
        ? undefined
        : await readPassword({
            file: passwordFile,
            environmentVariable: 'RCSCTL_KEY_PASSWORD',
            question: `Password of ${recoveryKey}: `,
          });
    const { pkcs8 } = parsePrivateKeyPem(file, password);
    try {
      return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    } finally {
      pkcs8.fill(0);
    }
  } finally {
    file.fill(0);
  }
}
