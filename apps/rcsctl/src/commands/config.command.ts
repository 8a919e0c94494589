import type { Command } from 'commander';
import {
  configurationFile,
  readConfiguration,
  withConfiguration,
  type ConfigurationOptions,
} from '../configuration/read-configuration.js';
import { print, warn } from '../terminal/print.js';

/** `rcsctl config check`: reads a configuration as the services would, environment included. */
export function configCommand(program: Command): void {
  withConfiguration(program.command('config').description('look at the configuration').command('check'))
    .description('read a configuration as a service does, and say what is wrong with it')
    .argument('[file]', 'the same as --config')
    .option('--json', 'JSON for programs')
    .action((file: string | undefined, { config, json }: ConfigurationOptions & { json?: boolean }) => {
      if (configurationFile(file ?? config) === undefined) {
        warn('no file was read, defaults and environment alone: name it, or set RCS_CONFIG');
      }
      const { mediaStorages, keyVault, decryptWorker } = readConfiguration(file ?? config);
      const result = {
        valid: true,
        mediaStorages: mediaStorages.map(storage => storage.url),
        keyVault: keyVault !== undefined,
        decryptWorker: decryptWorker !== undefined,
      };
      print(json === true, result, () => `valid; storages: ${result.mediaStorages.join(', ') || 'none'}`);
    });
}
