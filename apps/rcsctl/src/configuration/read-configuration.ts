import type { Command } from 'commander';
import { loadConfiguration, type Configuration } from '#platform';
import { commandLineConfigurationName, defaultDataDirectory, findConfiguration } from './find-configuration.js';

/** The option of every command that reads a configuration. */
export interface ConfigurationOptions {
  readonly config?: string;
}

/** Adds `--config`; it means the same in every command. */
export function withConfiguration(command: Command): Command {
  const found = `${defaultDataDirectory}/${commandLineConfigurationName}`;
  return command.option('--config <file>', `configuration; when absent RCS_CONFIG, else ${found} of a quickstart here`);
}

/**
 * The configuration as a service would read it, the environment laid over it: `file`, else RCS_CONFIG, else that of a
 * quickstart in this directory.
 * @throws ConfigurationError naming the option that is wrong.
 */
export function readConfiguration(file: string | undefined): Configuration {
  // eslint-disable-next-line no-restricted-properties -- laid over the configuration, as in a service
  return loadConfiguration(configurationFile(file), process.env);
}

/** The file that would be read; undefined where only defaults and the environment count. */
export function configurationFile(file: string | undefined): string | undefined {
  // eslint-disable-next-line no-restricted-properties -- names the file, as in a service
  return file ?? process.env.RCS_CONFIG ?? findConfiguration(process.cwd());
}
