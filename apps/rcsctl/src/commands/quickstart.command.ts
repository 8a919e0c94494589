import { Option, type Command } from 'commander';
import { defaultDataDirectory } from '../configuration/find-configuration.js';
import { quickstart } from '../quickstart/quickstart.js';
import { vaultCounts, type VaultCount } from '../quickstart/vault-replicas.js';

/** `rcsctl quickstart`: a whole cluster on this machine, with demo recordings that play. */
export function quickstartCommand(program: Command): void {
  program
    .command('quickstart')
    .description('run a whole cluster on this machine, with demo recordings; Ctrl-C ends it')
    .option('--data-dir <directory>', 'where everything is kept', defaultDataDirectory)
    .addOption(
      new Option('--vaults <number>', 'key vaults on the same token').choices(vaultCounts.map(String)).default('1'),
    )
    .option('--json', 'print one line of JSON when it is ready')
    .action(async ({ dataDir, json, vaults }: { dataDir: string; json?: boolean; vaults: string }) => {
      const options = { dataDirectory: dataDir, json: json === true, vaults: Number(vaults) as VaultCount };
      process.exitCode = await quickstart(options);
    });
}
