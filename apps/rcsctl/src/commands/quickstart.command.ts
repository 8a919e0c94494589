import { Option, type Command } from 'commander';
import { defaultDataDirectory } from '../configuration/find-configuration.js';
import { demos, quickstart, type Demo } from '../quickstart/quickstart.js';
import { servicePrograms, type ServiceProgram } from '../quickstart/service-programs.js';
import { vaultCounts, type VaultCount } from '../quickstart/vault-replicas.js';

interface Options {
  readonly dataDir: string;
  readonly json?: boolean;
  readonly vaults: string;
  readonly demo: Demo;
  readonly restartOnChange: readonly ServiceProgram[];
}

/** `rcsctl quickstart`: a whole cluster on this machine, with demo recordings that play. */
export function quickstartCommand(program: Command): void {
  program
    .command('quickstart')
    .description('run a whole cluster on this machine, with demo recordings; Ctrl-C ends it')
    .option('--data-dir <directory>', 'where everything is kept', defaultDataDirectory)
    .addOption(
      new Option('--vaults <number>', 'key vaults on the same token').choices(vaultCounts.map(String)).default('1'),
    )
    .addOption(
      new Option('--demo <size>', "a contact center's week of recordings, or two alone").choices(demos).default('week'),
    )
    .option('--json', 'print one line of JSON when it is ready')
    .addOption(
      new Option(
        '--restart-on-change <service...>',
        'for npm run dev: start these again when their program has changed',
      )
        .choices(servicePrograms)
        .default([])
        .hideHelp(),
    )
    .action(async ({ dataDir, json, vaults, demo, restartOnChange }: Options) => {
      const options = {
        dataDirectory: dataDir,
        json: json === true,
        vaults: Number(vaults) as VaultCount,
        demo,
        restartOnChange,
      };
      process.exitCode = await quickstart(options);
    });
}
