import { loadConfiguration, type Environment } from '../configuration/load-configuration.js';
import { ConfigurationError } from '../configuration/configuration-error.js';
import { encryptSecret } from '../configuration/secrets/encrypted-secret.js';
import { masterKeyVariable, readMasterKey, type MasterKey } from '../configuration/secrets/master-key.js';

const option = '--encrypt';

/**
 * What a service prints that was started with `--encrypt PASSWORD`, as the original was: the line for application.yaml.
 * The master key is that of the environment, else the one that the configuration names.
 * @returns undefined for a start without the option
 * @throws ConfigurationError when the password or the master key is missing
 */
export function encryptedPassword(parameters: readonly string[], environment: Environment): string | undefined {
  const [asked, password, ...rest] = parameters;
  if (asked !== option) return undefined;
  if (password === undefined || password === '' || rest.length > 0) {
    throw new ConfigurationError(`write ${option} PASSWORD, or better: rcsctl encrypt-password, which asks for it`);
  }
  return encryptSecret(password, masterKeyOf(environment).key);
}

function masterKeyOf(environment: Environment): MasterKey {
  const masterKey =
    readMasterKey(undefined, environment) ??
    readMasterKey(loadConfiguration(undefined, environment).masterKeyFile, environment);
  if (masterKey !== undefined) return masterKey;
  throw new ConfigurationError(
    `there is no master key to encrypt with: set masterKeyFile or the environment variable ${masterKeyVariable}; make one with: openssl rand -base64 32`,
  );
}
