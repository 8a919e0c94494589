import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readKeystore, type Keystore } from '#certificates';
import type { KeyVaultClient } from '#key-vault-client';
import { withConfiguration, type ConfigurationOptions } from '../configuration/read-configuration.js';
import { withVaults } from '../key-import/open-vaults.js';
import { keysOfEveryVault } from '../key-import/same-name.js';
import { hasFailures, reportText, type ImportReport, type KeystoreSummary } from '../keystore-import/import-report.js';
import { keyOpener, type KeyPasswordSources } from '../keystore-import/key-passwords.js';
import { planImport, type PlannedEntry } from '../keystore-import/keystore-plan.js';
import { runImport } from '../keystore-import/run-import.js';
import { confirm } from '../terminal/confirm.js';
import { readPassword, readPasswordFile } from '../terminal/password-source.js';
import { print } from '../terminal/print.js';
import { readSecret } from '../terminal/read-secret.js';

interface Options extends ConfigurationOptions {
  readonly contactCenter: string;
  readonly passwordFile?: string;
  readonly keyPasswordFile: readonly string[];
  readonly only: readonly string[];
  readonly rename: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `rcsctl import-keystore`: moves every private key of a keystore, with its certificate, into the key vault. */
export function importKeystoreCommand(program: Command): void {
  withConfiguration(program.command('import-keystore'))
    .description(
      'import every private key of a keystore (JKS, JCEKS, PKCS#12) into the key vault: shows first, then asks',
    )
    .argument('<file>', 'the keystore, such as rcs.jks of Genesys RCS')
    .requiredOption('--contact-center <id>', 'contact center the keys belong to')
    .option(
      '--password-file <file>',
      'file with the password of the keystore; else RCSCTL_KEYSTORE_PASSWORD, else asked for',
    )
    .option(
      '--key-password-file <[alias=]file...>',
      'file with the password of keys that have their own; else RCSCTL_KEY_PASSWORD, else asked for',
      [],
    )
    .option('--only <alias...>', 'import only these', [])
    .option('--rename <alias=name...>', 'give an alias another name in the token', [])
    .option('--dry-run', 'show what would be done and change nothing')
    .option('--yes', 'import without asking')
    .option('--json', 'JSON for programs; imports only with --yes')
    .action((file: string, options: Options) => withVaults(options.config, vaults => run(vaults, file, options)));
}

async function run(vaults: KeyVaultClient, file: string, options: Options): Promise<void> {
  const keystore = await open(file, options.passwordFile);
  try {
    const openKey = await keyOpener(keystore, passwordSources(options));
    const plan = planImport({
      keystore,
      presentKeys: await keysOfEveryVault(vaults, options.contactCenter),
      only: options.only,
      renamed: new Map(options.rename.map(assignment)),
      openKey,
      now: new Date(),
    });
    const summary = summaryOf(file, keystore, options.contactCenter);
    if (!(await mayImport(summary, plan, options))) return;
    const entries = await runImport(vaults, options.contactCenter, keystore, plan, openKey);
    report({ keystore: summary, imported: true, entries }, options);
  } finally {
    keystore.wipe();
  }
}

/** Shows what would happen, except where only the result is wanted, and finds out whether it shall. */
async function mayImport(
  keystore: KeystoreSummary,
  entries: readonly PlannedEntry[],
  { dryRun, yes, json }: Options,
): Promise<boolean> {
  const dry: ImportReport = { keystore, imported: false, entries };
  if (dryRun !== true && yes === true) return true;
  report(dry, { json });
  const count = entries.filter(({ action }) => action === 'import').length;
  if (dryRun === true || json === true || count === 0) return false;
  if (process.stdin.isTTY) return confirm(`Import ${count === 1 ? 'this key' : `these ${count} keys`}?`);
  process.stderr.write('Nothing was imported: run it again with --yes.\n');
  return false;
}

function report(result: ImportReport, { json }: { readonly json?: boolean | undefined }): void {
  print(json === true, result, () => reportText(result));
  if (hasFailures(result)) process.exitCode = 1;
}

async function open(file: string, passwordFile: string | undefined): Promise<Keystore> {
  const content = readFileSync(file);
  const password = await readPassword({
    file: passwordFile,
    environmentVariable: 'RCSCTL_KEYSTORE_PASSWORD',
    question: `Password of ${file}: `,
  });
  return readKeystore(content, password);
}

function passwordSources({ keyPasswordFile }: Options): KeyPasswordSources {
  const [common] = keyPasswordFile.filter(text => !text.includes('='));
  const named = keyPasswordFile.filter(text => text.includes('=')).map(assignment);
  // eslint-disable-next-line no-restricted-properties -- a secret of the command line alone
  const fromEnvironment = process.env.RCSCTL_KEY_PASSWORD;
  return {
    byAlias: new Map(named.map(([alias, file]) => [alias.toLowerCase(), readPasswordFile(file)])),
    common: common === undefined ? fromEnvironment : readPasswordFile(common),
    ask: process.stdin.isTTY ? alias => readSecret(`Password of the key ${alias}: `) : undefined,
  };
}

function summaryOf(file: string, { type, integrityVerified }: Keystore, contactCenter: string): KeystoreSummary {
  return { file, type, integrityVerified, contactCenter };
}

function assignment(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1 || equals === text.length - 1) throw new Error(`${text}: write alias=value`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}
