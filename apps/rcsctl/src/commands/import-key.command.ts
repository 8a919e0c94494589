import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { KeyVaultClient } from '#contracts';
import { loadConfiguration, loadInternalIdentity, requireSections } from '#platform';
import { importKey } from '../key-import/import-key.js';
import { print } from '../terminal/print.js';

interface Options {
  readonly certificate: string;
  readonly key: string;
  readonly passwordFile?: string;
  readonly contactCenter: string;
  readonly alias: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** `rcsctl import-key`: puts a recording certificate and its private key into the token of the key vault. */
export function importKeyCommand(program: Command): void {
  program
    .command('import-key')
    .description('import a private key and its certificate into the key vault')
    .requiredOption('--certificate <file>', 'certificate, PEM')
    .requiredOption(
      '--key <file>',
      'private key, PEM (BEGIN RSA PRIVATE KEY, BEGIN PRIVATE KEY, BEGIN ENCRYPTED PRIVATE KEY)',
    )
    .option('--password-file <file>', 'file with the password of the private key')
    .requiredOption('--contact-center <id>', 'contact center the key belongs to')
    .requiredOption('--alias <alias>', 'name of the certificate')
    .option('--config <file>', 'application.yaml; RCS_CONFIG when absent')
    .option('--json', 'machine-readable output')
    .action(async (options: Options) => {
      // eslint-disable-next-line no-restricted-properties -- laid over the configuration, as in a service
      const environment = process.env;
      const configuration = requireSections(
        loadConfiguration(options.config, environment),
        'internalTls',
        'decryptWorker',
      );
      const vaults = new KeyVaultClient(
        configuration.decryptWorker.vaultAddresses,
        loadInternalIdentity(configuration.internalTls),
      );
      try {
        const replies = await importKey(vaults, {
          contactCenter: options.contactCenter,
          alias: options.alias,
          certificatePem: readFileSync(options.certificate, 'utf8'),
          privateKeyPem: readFileSync(options.key),
          password:
            options.passwordFile === undefined
              ? undefined
              : readFileSync(options.passwordFile, 'utf8').replace(/\r?\n$/, ''),
        });
        const result = replies.map(({ key, created }) => ({
          alias: key.alias,
          keyIdentifier: key.keyIdentifier,
          created,
        }));
        print(options.json === true, result, () =>
          result
            .map(
              entry => `${entry.alias}: ${entry.created ? 'imported' : 'was there already'} (${entry.keyIdentifier})`,
            )
            .join('\n'),
        );
      } finally {
        vaults.close();
      }
    });
}
