import { loadConfiguration, type Configuration } from '#platform';

/** The configuration as a service would read it: `file` or RCS_CONFIG, the environment laid over it. */
export function readConfiguration(file: string | undefined): Configuration {
  // eslint-disable-next-line no-restricted-properties -- laid over the configuration, as in a service
  return loadConfiguration(file, process.env);
}
