import type { Command } from 'commander';
import { loadConfiguration } from '#platform';
import { print } from '../terminal/print.js';

/** `rcsctl config check`: reads a configuration as the services would, environment included. */
export function configCommand(program: Command): void {
  program
    .command('config')
    .description('look at the configuration')
    .command('check')
    .argument('[file]', 'application.yaml; RCS_CONFIG when absent')
    .option('--json', 'machine-readable output')
    .action((file: string | undefined, { json }: { json?: boolean }) => {
      // eslint-disable-next-line no-restricted-properties -- the command shows what a service would read
      const { mediaStorages, keyVault, decryptWorker } = loadConfiguration(file, process.env);
      const result = {
        valid: true,
        mediaStorages: mediaStorages.map(storage => storage.url),
        keyVault: keyVault !== undefined,
        decryptWorker: decryptWorker !== undefined,
      };
      print(json === true, result, () => `valid; storages: ${result.mediaStorages.join(', ') || 'none'}`);
    });
}
