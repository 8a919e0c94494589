import type { Command } from 'commander';
import { encryptSecret, readMasterKey, type MasterKey } from '#platform';
import {
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { print } from '../terminal/print.js';
import { readSecret } from '../terminal/read-secret.js';

interface Options extends ConfigurationOptions {
  readonly masterKeyFile?: string;
  readonly json?: boolean;
}

/** `rcsctl encrypt-password`: what Genesys RCS does with `--encrypt`; the output goes into application.yaml. */
export function encryptPasswordCommand(program: Command): void {
  withConfiguration(program.command('encrypt-password'))
    .description('encrypt a password for application.yaml; it is read from standard input or asked for')
    .option(
      '--master-key-file <file>',
      'file with the master key; masterKeyFile of the configuration or RCS_MASTER_KEY when absent',
    )
    .option('--json', 'JSON for programs')
    .action(async (options: Options) => {
      const { key } = masterKeyOf(options);
      const encrypted = encryptSecret(await readSecret('Password: '), key);
      print(options.json === true, { encrypted }, () => encrypted);
    });
}

function masterKeyOf({ masterKeyFile, config }: Options): MasterKey {
  // eslint-disable-next-line no-restricted-properties -- the key itself may stand there
  const environment = process.env;
  const file = masterKeyFile ?? readConfiguration(config).masterKeyFile;
  const masterKey = readMasterKey(file, environment);
  if (masterKey !== undefined) return masterKey;
  throw new Error(
    'there is no master key: name a file with --master-key-file, masterKeyFile or RCS_MASTER_KEY_FILE; make one with: openssl rand -base64 32',
  );
}
