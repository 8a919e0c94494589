import type { Command } from 'commander';
import { encryptSecret, loadConfiguration, readMasterKey, type MasterKey } from '#platform';
import { print } from '../terminal/print.js';
import { readSecret } from '../terminal/read-secret.js';

interface Options {
  readonly masterKeyFile?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** `rcsctl encrypt-password`: what the original does with `--encrypt`; the output goes into application.yaml. */
export function encryptPasswordCommand(program: Command): void {
  program
    .command('encrypt-password')
    .description('encrypt a password for application.yaml; it is read from standard input or asked for')
    .option(
      '--master-key-file <file>',
      'file with the master key; masterKeyFile of the configuration or RCS_MASTER_KEY when absent',
    )
    .option('--config <file>', 'application.yaml; RCS_CONFIG when absent')
    .option('--json', 'machine-readable output')
    .action(async (options: Options) => {
      const { key } = masterKeyOf(options);
      const encrypted = encryptSecret(await readSecret('Password: '), key);
      print(options.json === true, { encrypted }, () => encrypted);
    });
}

function masterKeyOf({ masterKeyFile, config }: Options): MasterKey {
  // eslint-disable-next-line no-restricted-properties -- laid over the configuration, as in a service
  const environment = process.env;
  const file = masterKeyFile ?? loadConfiguration(config, environment).masterKeyFile;
  const masterKey = readMasterKey(file, environment);
  if (masterKey !== undefined) return masterKey;
  throw new Error(
    'there is no master key: name a file with --master-key-file, masterKeyFile or RCS_MASTER_KEY_FILE; make one with: openssl rand -base64 32',
  );
}
