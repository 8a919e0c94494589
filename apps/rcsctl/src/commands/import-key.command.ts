import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { keystoreType, needsPassword, parseCertificatePem } from '#certificates';
import type { ImportKeyReply } from '#contracts';
import type { KeyVaultClient } from '#key-vault-client';
import { withConfiguration, type ConfigurationOptions } from '../configuration/read-configuration.js';
import { importKey } from '../key-import/import-key.js';
import { withVaults } from '../key-import/open-vaults.js';
import { keysOfEveryVault, sameNameNotice } from '../key-import/same-name.js';
import { readPassword, readPasswordFile } from '../terminal/password-source.js';
import { namingPasswordOptions, type PasswordOptions } from '../terminal/password-hints.js';
import { print } from '../terminal/print.js';

interface Options extends ConfigurationOptions {
  readonly certificate?: string;
  readonly key: string;
  readonly keystoreAlias?: string;
  readonly passwordFile?: string;
  readonly keyPasswordFile?: string;
  readonly contactCenter: string;
  readonly alias: string;
  readonly json?: boolean;
}

/** `rcsctl import-key`: puts a recording certificate and its private key into the token of the key vault. */
export function importKeyCommand(program: Command): void {
  withConfiguration(program.command('import-key'))
    .description('import a private key and its certificate into the key vault')
    .option('--certificate <file>', 'certificate, PEM; may be left out when the key file has it')
    .requiredOption(
      '--key <file>',
      'private key: PEM (RSA PRIVATE KEY, PRIVATE KEY, ENCRYPTED PRIVATE KEY, Proc-Type: 4,ENCRYPTED), PKCS#12, JKS or JCEKS',
    )
    .option('--keystore-alias <alias>', 'which key, when the file is a keystore that has several')
    .option(
      '--password-file <file>',
      'file with the password of the key, or of its keystore; else RCSCTL_KEY_PASSWORD, else asked for',
    )
    .option('--key-password-file <file>', 'file with the password of a key that has another than its keystore')
    .requiredOption('--contact-center <id>', 'contact center the key belongs to')
    .requiredOption('--alias <alias>', 'name of the certificate')
    .option('--json', 'JSON for programs')
    .action(async (options: Options) => {
      const { replies, notice } = await withVaults(options.config, async vaults => {
        const replies = await namingPasswordOptions(passwordOptions(options), async () =>
          importKey(vaults, {
            purpose: 'RECORDING',
            contactCenter: options.contactCenter,
            alias: options.alias,
            certificatePem: options.certificate === undefined ? undefined : readFileSync(options.certificate, 'utf8'),
            keyFile: readFileSync(options.key),
            password: await passwordIfNeeded(options),
            keystoreAlias: options.keystoreAlias,
            keyPassword: options.keyPasswordFile === undefined ? undefined : readPasswordFile(options.keyPasswordFile),
          }),
        );
        return { replies, notice: await noticeOf(vaults, options.contactCenter, replies) };
      });
      if (notice !== undefined) process.stderr.write(`Note: ${notice}.\n`);
      report(replies, options.json === true);
    });
}

/** The key of a keystore opens with the password of that first; only then it may want one of its own. */
function passwordOptions({ key }: Options): PasswordOptions {
  const isKeystore = keystoreType(readFileSync(key)) !== undefined;
  const both = { key: '--password-file', keystore: '--password-file' };
  return isKeystore ? { ...both, keyInKeystore: '--key-password-file' } : both;
}

async function noticeOf(
  vaults: KeyVaultClient,
  contactCenter: string,
  [imported]: readonly ImportKeyReply[],
): Promise<string | undefined> {
  if (imported === undefined) return undefined;
  const [certificate] = parseCertificatePem(imported.key.certificate);
  return sameNameNotice(certificate, (await keysOfEveryVault(vaults, contactCenter)).flat());
}

/** A key in clear needs none, and nobody is asked for one. */
async function passwordIfNeeded({ key, passwordFile }: Options): Promise<string | undefined> {
  const file = readFileSync(key);
  try {
    if (passwordFile === undefined && !needsPassword(file)) return undefined;
    return await readPassword({
      file: passwordFile,
      environmentVariable: 'RCSCTL_KEY_PASSWORD',
      question: `Password of ${key}: `,
    });
  } finally {
    file.fill(0);
  }
}

function report(replies: readonly ImportKeyReply[], json: boolean): void {
  const result = replies.map(({ key, created }) => ({ alias: key.alias, keyIdentifier: key.keyIdentifier, created }));
  print(json, result, () =>
    result
      .map(entry => `${entry.alias}: ${entry.created ? 'imported' : 'was there already'} (${entry.keyIdentifier})`)
      .join('\n'),
  );
}
